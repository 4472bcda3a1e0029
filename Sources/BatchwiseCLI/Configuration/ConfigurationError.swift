import Batchwise

/// A configuration file that cannot be followed, with what is wrong, where, and what to do about it.
struct ConfigurationError: DiagnosticError, Equatable {
  /// What is at fault.
  enum Kind {
    /// The file cannot be read, or is no JSON object.
    case file
    /// It asks for something that makes no sense.
    case usage
  }

  let kind: Kind
  /// The file.
  let path: String
  /// The key in it, where one is at fault.
  let key: String?
  /// What is wrong.
  let problem: String
  /// What to do about it; nil where the problem says it.
  let hint: String?

  init(_ kind: Kind, path: String, key: String? = nil, _ problem: String, hint: String? = nil) {
    self.kind = kind
    self.path = path
    self.key = key
    self.problem = problem
    self.hint = hint
  }

  var diagnosis: Diagnosis {
    Diagnosis(kind == .file ? .badData : .usage, "\(path): \(key.map { "'\($0)' " } ?? "")\(problem)", hint: hint)
  }
}
