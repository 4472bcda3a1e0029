public import BatchFoundation
public import BatchTraining

/// A study that cannot be started or go on.
public enum StudyError: Error, Equatable, CustomStringConvertible {
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

  public var description: String {
    switch self {
    case .anotherStudy(let folder, let differences):
      "\(folder) holds another study; it differs in \(differences.joined(separator: "; ")). "
        + "Give this study a folder of its own (--output), or repeat the other's settings to go on with it"
    case .otherExamples(let folder):
      "the run in \(folder) was trained on other examples; give the data that it was begun with, or give this run a folder "
        + "of its own (--output)"
    case .locked(let folder):
      "\(folder) is in use by another process; wait for it or choose another folder (--output)"
    case .runExists(let folder):
      "\(folder) holds a run already; go on with it (--resume) or give this one a folder of its own (--output)"
    case .otherFormat(let path, let found, let expected):
      "\(path) is in version \(found) of its format, and this package reads version \(expected); choose another folder "
        + "(--output), or take the package that has written it"
    case .planFile(let error):
      switch error {
      case .system: "\(error); choose another folder (--output), or see to it that this one can be read"
      case .damaged: "\(error); choose another folder (--output): nothing tells any more what was tried in this one"
      }
    case .otherKind(let folder, let content, let asked):
      "\(folder) holds \(content), beside which \(asked) cannot be kept; give it a folder of its own (--output)"
    case .noStudy(let folder):
      "\(folder) holds no study (there is no study.json); give the folder that 'study' wrote"
    case .file(let error):
      switch error {
      case .system: "\(error); all finished trials are intact"
      case .damaged: "\(error); remove the file and run the study again to make it anew"
      }
    case .runFile(let error):
      switch error {
      case .system: "\(error); give a folder that can be written (--output), or make room"
      case .damaged: "\(error); the run cannot go on, but 'batchwise evaluate' takes its checkpoints"
      }
    case .training(let error): error.description
    case .interrupted: "interrupted; all finished trials are intact"
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
