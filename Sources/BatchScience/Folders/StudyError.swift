public import BatchAlgebra
public import BatchFoundation
public import BatchTraining

/// A study or a run that cannot be begun or resumed.
public enum StudyError: DiagnosticError, Equatable {
  /// The folder holds a study of another kind than is to be read.
  case notOfKind(folder: String, holds: FolderContent, asked: FolderContent)
  /// Two folders have the same trial.
  case trialTwice(trial: String, folders: [String])
  /// The folder holds the trials of another plan.
  case anotherStudy(folder: String, differences: [String])
  /// A folder's trials are no shard of the study in the first.
  case otherShard(folder: String, first: String, differences: [String])
  /// The folder holds a training run on other examples.
  case otherExamples(folder: String)
  /// The study was begun with instructions that this processor does not run.
  case otherProcessor(folder: String, instructionSet: InstructionSet)
  /// The folder is in use.
  case locked(folder: String)
  /// Trials of the study in the folder are still to come.
  case unfinished(folder: String, study: String, trials: Int, reason: String?)
  /// The folder holds a training run already.
  case runExists(folder: String)
  /// The run is past the epochs that it is to have.
  case epochsDone(folder: String, epochs: Int)
  /// The folder was written by another version of the package, in another version of the format.
  case otherFormat(path: String, found: Int, expected: Int)
  /// The folder holds a study as older versions kept it.
  case oldStudy(path: String)
  /// The folder holds a study of a kind that is not known.
  case unknownKind(path: String, kind: String)
  /// The file that says what a study is could not be read, or does not hold what it should.
  case planFile(FileError)
  /// The folder holds something of another kind than is to be written there.
  case otherKind(folder: String, holds: FolderContent, asked: FolderContent)
  /// The folder holds no study.
  case noStudy(folder: String)
  /// A file of a study could not be read or written, or does not hold what it should.
  case file(FileError)
  /// A file of a training run could not be read or written, or does not hold what it should.
  case runFile(FileError)
  /// A trial cannot be set up.
  case training(TrainingError)
  /// The goal of a study cannot be trained for.
  case goal(GoalError)
  /// The threads that a study computes with cannot be had.
  case threads(ThreadTeamError)
  /// The caller asked to stop; finished trials are safe.
  case interrupted

  public var diagnosis: Diagnosis {
    switch self {
    case .notOfKind(let folder, let content, let asked):
      Diagnosis(.badData, "\(folder) holds \(content), not \(asked)", hint: "give the folder of \(asked)")
    case .trialTwice(let trial, let folders):
      Diagnosis(
        .badData, "the trial \(trial) is in \(folders.joined(separator: " and in "))",
        hint: "shards have no trial in common: leave one of the folders out")
    case .anotherStudy(let folder, let differences):
      Diagnosis(
        .usage, "\(folder) holds another study; it differs in \(differences.joined(separator: "; "))",
        hint: "give this study a folder of its own, or repeat the other's settings to resume it",
        settings: [.outputFolder])
    case .otherShard(let folder, let first, let differences):
      Diagnosis(
        .usage, "\(folder) is no shard of the study in \(first); it differs in \(differences.joined(separator: "; "))",
        hint: "shards have the same plan and compute context: begin one, and give the others its study.json")
    case .otherExamples(let folder):
      Diagnosis(
        .usage, "the run in \(folder) was trained on other examples",
        hint: "give the data that it was begun with, or give this run a folder of its own",
        settings: [.dataFolder, .outputFolder])
    case .otherProcessor(let folder, let instructionSet):
      Diagnosis(
        .usage,
        "the study in \(folder) was begun with \(instructionSet.rawValue), which this processor does not run, and its "
          + "trials must agree in every bit",
        hint: "resume it on the machine that it was begun on, or give this one a folder of its own",
        settings: [.outputFolder])
    case .locked(let folder):
      Diagnosis(
        .system, "\(folder) is in use by another process", hint: "wait for it or choose another folder",
        settings: [.outputFolder])
    case .unfinished(let folder, let study, let trials, let reason):
      Diagnosis(
        .usage,
        "\(folder) holds \(study) that is not finished, with \(trials) \(trials == 1 ? "trial" : "trials") so far"
          + (reason.map { ": \($0)" } ?? ""),
        hint: "let it come to its end first; begun again as it was, it goes on with what is there")
    case .runExists(let folder):
      Diagnosis(
        .usage, "\(folder) holds a run already", hint: "resume it, or give this one a folder of its own",
        settings: [.resume, .outputFolder])
    case .epochsDone(let folder, let epochs):
      Diagnosis(
        .usage, "the run in \(folder) is in epoch \(epochs) already",
        hint: "train for \(epochs) epochs or more, or choose another folder", settings: [.outputFolder])
    case .otherFormat(let path, let found, let expected):
      Diagnosis(
        .badData, "\(path) is in version \(found) of its format, and this package reads version \(expected)",
        hint: "choose another folder, or take the package that has written it", settings: [.outputFolder])
    case .oldStudy(let path):
      Diagnosis(
        .badData,
        "\(path) is of an older version of this package, which kept each rule of a study in a folder of its own",
        hint: "choose another folder, or take the package that has written it", settings: [.outputFolder])
    case .unknownKind(let path, let kind):
      Diagnosis(
        .badData, "\(path) is of a study of the kind '\(kind)', which is not known here",
        hint: "take the program that has written it")
    case .planFile(let error): Self.diagnosis(ofPlanFile: error)
    case .otherKind(let folder, let content, let asked):
      Diagnosis(
        .usage, "\(folder) holds \(content), beside which \(asked) cannot be kept", hint: "give it a folder of its own",
        settings: [.outputFolder])
    case .noStudy(let folder):
      Diagnosis(
        .badData, "\(folder) holds no study (there is no study.json)", hint: "give the folder that a study wrote")
    case .file(let error):
      switch error {
      case .system: error.diagnosis.hinting("all finished trials are intact")
      case .damaged: error.diagnosis.hinting("remove the file and run the study again to make it anew")
      }
    case .runFile(let error):
      switch error {
      case .system:
        error.diagnosis.hinting("give a folder that can be written, or make room", settings: [.outputFolder])
      case .damaged: error.diagnosis.hinting("the run cannot be resumed, but its checkpoints can be evaluated")
      }
    case .training(let error): error.diagnosis
    case .goal(let error): error.diagnosis
    case .threads(let error): error.diagnosis
    case .interrupted: Diagnosis(.interrupted, "interrupted", hint: "all finished trials are intact")
    }
  }

  private static func diagnosis(ofPlanFile error: FileError) -> Diagnosis {
    switch error {
    case .system:
      error.diagnosis.hinting(
        "choose another folder, or see to it that this one can be read", settings: [.outputFolder])
    case .damaged:
      error.diagnosis.hinting(
        "choose another folder: nothing tells any more what was tried in this one", settings: [.outputFolder])
    }
  }

  /// The threads of a context.
  static func team(_ context: ComputeContext) throws(StudyError) -> ThreadTeam {
    do {
      return try ThreadTeam(threads: context.threads)
    } catch {
      throw .threads(error)
    }
  }
}

/// Runs a body that works on files and rethrows its error as that of a trial's file, or of another kind of file.
func filing<Result: ~Copyable>(
  _ kind: (FileError) -> StudyError = StudyError.file, _ body: () throws(FileError) -> Result
) throws(StudyError) -> Result {
  do {
    return try body()
  } catch {
    throw kind(error)
  }
}
