public import BatchAlgebra
public import BatchFormats
public import BatchFoundation

/// A checkpoint that cannot be used.
public enum CheckpointError: DiagnosticError, Equatable {
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
  /// The network that the checkpoint is of finds no memory.
  case memory(AllocationError)
  /// The folder cannot be read or written.
  case file(FileError)

  public var diagnosis: Diagnosis {
    switch self {
    case .unreadable(let error): error.diagnosis
    case .foreign(let path, let reason):
      Diagnosis(
        .badData, "\(path) is no checkpoint: \(reason)", hint: "use a file that a training run of this tool has saved")
    case .otherFormat(let path, let found):
      Diagnosis(
        .badData,
        "\(path) is a checkpoint of version \(found) of the format, and this package reads version "
          + "\(CheckpointRecord.currentFormat)", hint: "take the package that has saved it, or begin a new run")
    case .mismatch(let path, let differences):
      Diagnosis(
        .usage, "\(path) belongs to another run: \(differences.joined(separator: "; "))",
        hint: "give the same settings or begin a new run")
    case .none(let folder):
      Diagnosis(.missingFile, "there is no checkpoint in \(folder)", hint: "begin a new run there")
    case .memory(let error): error.diagnosis
    case .file(let error): error.diagnosis
    }
  }
}
