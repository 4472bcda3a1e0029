package import BatchAlgebra
public import BatchFoundation

/// Data that cannot be used, with what is wrong, where, and what to do about it.
public struct DataError: DiagnosticError, Equatable {
  /// What sort of thing went wrong, for callers that act on it.
  public enum Kind: String, Sendable, Equatable {
    /// A file or folder is missing or cannot be read.
    case unreadable
    /// A file is not what its format demands: truncated, corrupt, of the wrong magic, with a bad cell.
    case malformed
    /// Two things that belong together do not fit: images and labels, a label and the classes.
    case inconsistent
    /// An argument has a value that cannot work.
    case invalidArgument
    /// A data set, column or option of that name does not exist.
    case unknownName
    /// Memory could not be had.
    case outOfMemory
  }

  /// What sort of thing went wrong.
  public var kind: Kind
  /// The file or folder, where there is one.
  public var path: String?
  /// The line of the file, counted from 1, where there is one.
  public var line: Int?
  /// What is wrong, with the values that show it.
  public var problem: String
  /// What to do about it.
  public var hint: String
  /// The settings that the hint speaks of.
  public var settings: [Diagnosis.Setting]

  /// An error that says what is wrong, where, and what to do about it.
  public init(
    _ kind: Kind, path: String? = nil, line: Int? = nil, _ problem: String, hint: String,
    settings: [Diagnosis.Setting] = []
  ) {
    self.kind = kind
    self.path = path
    self.line = line
    self.problem = problem
    self.hint = hint
    self.settings = settings
  }

  public var diagnosis: Diagnosis {
    var file = ""
    if let path { file = line.map { "\(path), line \($0): " } ?? "\(path): " }
    return Diagnosis(kind.category, file + problem, hint: hint, settings: settings)
  }
}

extension DataError.Kind {
  fileprivate var category: Diagnosis.Category {
    switch self {
    case .invalidArgument, .unknownName: .usage
    case .unreadable: .missingFile
    case .malformed, .inconsistent: .badData
    case .outOfMemory: .outOfMemory
    }
  }
}

extension Matrix where S == Float {
  /// A matrix of zeros for the data set or file of that name.
  ///
  /// - Throws: ``DataError`` when memory is short.
  package init(rows: Int, columns: Int, for name: String) throws(DataError) {
    do {
      try self.init(rows: rows, columns: columns)
    } catch {
      let mebibytes = error.byteCount / 1_048_576
      throw DataError(
        .outOfMemory, "\(name): \(mebibytes) MiB for \(rows) × \(columns) numbers could not be allocated",
        hint: "use fewer examples, or a machine with more memory")
    }
  }
}
