package import BatchFoundation
import Glibc

/// A file of data that is read from beginning to end, or from any byte on.
package typealias DataFile = InputFile<DataError>

extension InputFile where Failure == DataError {
  /// Opens a file.
  ///
  /// - Throws: ``DataError`` with the system's reason when the path is no readable regular file.
  convenience init(path: String) throws(DataError) {
    try self.init(path: path) { Self.error(path, $0) }
    guard kind == .file else {
      throw DataError(
        .unreadable, path: path, kind == .folder ? "this is a folder, not a file" : "this is not a regular file",
        hint: "give the path of a file")
    }
  }

  private static func error(_ path: String, _ failure: ReadFailure) -> DataError {
    guard case .system(let code) = failure else {
      return DataError(
        .malformed, path: path, "the file has become shorter: \(failure.reason)", hint: "write or download it again")
    }
    let hint =
      switch code {
      case ENOENT: "check the spelling of the path"
      case EACCES: "give yourself the right to read it (chmod +r, and +x on its folders)"
      default: "check the disk and the path"
      }
    return DataError(.unreadable, path: path, "cannot be read (\(failure.reason))", hint: hint)
  }
}
