/// Data that cannot be read or used; the description names the thing and the mend.
public enum DataError: Error, Equatable, CustomStringConvertible {
  /// A file or folder cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// A file's content is not what it should be.
  case malformed(path: String, reason: String)
  /// A line of a text file is not what it should be.
  case malformedLine(path: String, line: Int, reason: String)
  /// A data set with this name is not known.
  case unknownSource(name: String, known: [String])
  /// The examples contradict themselves or what is asked of them.
  case unusable(String)
  /// A batch size that the examples do not allow.
  case batchSize(Int, exampleCount: Int)
  /// Memory could not be had.
  case outOfMemory(String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .malformed(let path, let reason): "\(path): \(reason)"
    case .malformedLine(let path, let line, let reason): "\(path), line \(line): \(reason)"
    case .unknownSource(let name, let known):
      "there is no data set '\(name)'; there are \(known.joined(separator: ", ")), or give the path of a .csv file"
    case .unusable(let reason): reason
    case .batchSize(let size, let count):
      size < 1
        ? "a batch size must be at least 1, not \(size)"
        : "a batch of \(size) is more than the \(count) training examples; use at most \(count) ('full')"
    case .outOfMemory(let what): what
    }
  }
}
