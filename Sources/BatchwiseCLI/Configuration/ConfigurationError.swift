/// A configuration file that cannot be followed, with what is wrong, where, and how to mend it.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
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
  /// How to mend it; nil where the problem says it.
  let mend: String?

  init(_ kind: Kind, path: String, key: String? = nil, _ problem: String, mend: String? = nil) {
    self.kind = kind
    self.path = path
    self.key = key
    self.problem = problem
    self.mend = mend
  }

  var description: String {
    "\(path): \(key.map { "'\($0)' " } ?? "")\(problem)\(mend.map { "; \($0)" } ?? "")"
  }
}
