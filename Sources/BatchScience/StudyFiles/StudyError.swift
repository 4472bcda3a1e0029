public import BatchFoundation
public import BatchTraining

/// A study that cannot be started or go on.
public enum StudyError: DiagnosticError, Equatable {
  /// The folder holds the trials of another plan.
  case anotherStudy(folder: String, differences: [String])
  /// The folder holds a training run on other examples.
  case otherExamples(folder: String)
  /// The folder is in use.
  case locked(folder: String)
  /// The folder holds a training run already.
  case runExists(folder: String)
  /// The folder was written by another version of the package, in another version of the format.
  case otherFormat(path: String, found: Int, expected: Int)
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
  /// The caller asked to stop; finished trials are safe.
  case interrupted

  public var diagnosis: Diagnosis {
    switch self {
    case .anotherStudy(let folder, let differences):
      Diagnosis(
        .usage, "\(folder) holds another study; it differs in \(differences.joined(separator: "; "))",
        hint: "give this study a folder of its own, or repeat the other's settings to resume it",
        settings: [.outputFolder])
    case .otherExamples(let folder):
      Diagnosis(
        .usage, "the run in \(folder) was trained on other examples",
        hint: "give the data that it was begun with, or give this run a folder of its own",
        settings: [.dataFolder, .outputFolder])
    case .locked(let folder):
      Diagnosis(
        .system, "\(folder) is in use by another process", hint: "wait for it or choose another folder",
        settings: [.outputFolder])
    case .runExists(let folder):
      Diagnosis(
        .usage, "\(folder) holds a run already", hint: "resume it, or give this one a folder of its own",
        settings: [.resume, .outputFolder])
    case .otherFormat(let path, let found, let expected):
      Diagnosis(
        .badData, "\(path) is in version \(found) of its format, and this package reads version \(expected)",
        hint: "choose another folder, or take the package that has written it", settings: [.outputFolder])
    case .planFile(let error):
      switch error {
      case .system:
        error.diagnosis.hinting(
          "choose another folder, or see to it that this one can be read", settings: [.outputFolder])
      case .damaged:
        error.diagnosis.hinting(
          "choose another folder: nothing tells any more what was tried in this one", settings: [.outputFolder])
      }
    case .otherKind(let folder, let content, let asked):
      Diagnosis(
        .usage, "\(folder) holds \(content), beside which \(asked) cannot be kept",
        hint: "give it a folder of its own", settings: [.outputFolder])
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
    case .interrupted: Diagnosis(.interrupted, "interrupted", hint: "all finished trials are intact")
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
