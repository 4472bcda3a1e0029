public import BatchTraining

/// A study that cannot be started or go on.
public enum StudyError: Error, Equatable, CustomStringConvertible {
  /// The folder holds the trials of another plan.
  case anotherStudy(folder: String, differences: [String])
  /// The folder is in use.
  case locked(folder: String)
  /// The folder holds no study.
  case noStudy(folder: String)
  /// A file could not be read or written.
  case file(path: String, action: String, reason: String)
  /// A file's content is not what it should be.
  case damaged(path: String, line: Int?, reason: String)
  /// A trial cannot be set up.
  case training(TrainingError)
  /// The caller asked to stop; finished trials are safe.
  case interrupted

  public var description: String {
    switch self {
    case .anotherStudy(let folder, let differences):
      "\(folder) holds another study; it differs in \(differences.joined(separator: "; ")). "
        + "Give this study a folder of its own (--output), or repeat the other's settings to go on with it"
    case .locked(let folder):
      "\(folder) is in use by another running study; wait for it or choose another folder (--output)"
    case .noStudy(let folder):
      "\(folder) holds no study (there is no study.json); give the folder that 'study' wrote"
    case .file(let path, let action, let reason):
      "cannot \(action) \(path): \(reason); all finished trials are intact"
    case .damaged(let path, let line, let reason):
      "\(path)\(line.map { ", line \($0)" } ?? ""): \(reason); remove the file and run the study again to make it anew"
    case .training(let error): error.description
    case .interrupted: "interrupted; all finished trials are intact"
    }
  }
}
