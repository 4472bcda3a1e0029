/// A file that could not be read or written, or that does not hold what it should.
public enum FileError: DiagnosticError, Equatable {
  /// The system refused.
  case system(path: String, action: String, reason: String)
  /// The content is not what it should be.
  case damaged(path: String, line: Int?, reason: String)

  /// What is wrong, without the path.
  package var reason: String {
    switch self {
    case .system(_, _, let reason), .damaged(_, _, let reason): reason
    }
  }

  public var diagnosis: Diagnosis {
    switch self {
    case .system(let path, let action, let reason):
      Diagnosis(action.hasPrefix("read") ? .missingFile : .system, "cannot \(action) \(path): \(reason)")
    case .damaged(let path, let line, let reason):
      Diagnosis(.badData, "\(path)\(line.map { ", line \($0)" } ?? ""): \(reason)")
    }
  }
}
