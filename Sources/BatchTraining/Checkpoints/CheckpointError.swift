public import BatchFormats
public import BatchFoundation

/// A checkpoint that cannot be used.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read, is cut short or damaged.
  case unreadable(DataError)
  /// The file is whole, and no checkpoint of this package's.
  case foreign(path: String, reason: String)
  /// The checkpoint is of another version of the format.
  case otherFormat(path: String, found: Int)
  /// The checkpoint belongs to another run; each difference is a phrase.
  case mismatch(path: String, differences: [String])
  /// There is no checkpoint in the folder.
  case none(folder: String)
  /// The folder cannot be read or written.
  case file(FileError)

  public var description: String {
    switch self {
    case .unreadable(let error): error.description
    case .foreign(let path, let reason):
      "\(path) is no checkpoint: \(reason); use a file that a training run of this tool has saved"
    case .otherFormat(let path, let found):
      "\(path) is a checkpoint of version \(found) of the format, and this package reads version "
        + "\(CheckpointRecord.currentFormat); take the package that has saved it, or begin a new run"
    case .mismatch(let path, let differences):
      "\(path) belongs to another run: \(differences.joined(separator: "; ")); give the same settings or begin a new run"
    case .none(let folder): "there is no checkpoint in \(folder); begin a new run there"
    case .file(let error): error.description
    }
  }
}
