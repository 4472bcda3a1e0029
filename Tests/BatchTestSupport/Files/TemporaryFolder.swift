import Glibc

/// A folder of its own for one test, removed with everything in it at the end.
public final class TemporaryFolder {
  /// The folder's path.
  public let path: String

  /// Makes an empty folder.
  public init() {
    var template = Array("/tmp/batchwise-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { fatalError("no temporary folder: \(String(cString: strerror(errno)))") }
    path = String(cString: made)
  }

  deinit { Self.remove(path) }

  /// Writes a file into the folder; its path.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) -> String {
    let file = "\(path)/\(name)"
    guard let stream = fopen(file, "w") else { fatalError("cannot write \(file)") }
    let written = fwrite(bytes, 1, bytes.count, stream)
    guard fclose(stream) == 0, written == bytes.count else { fatalError("cannot write \(file)") }
    return file
  }

  /// Writes a text file into the folder; its path.
  @discardableResult
  public func write(_ text: String, to name: String) -> String { write(Array(text.utf8), to: name) }

  /// The content of a file; nil where there is none.
  public func read(_ name: String) -> [UInt8]? {
    guard let stream = fopen("\(path)/\(name)", "r") else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk[..<count] }
    return bytes
  }

  /// The names in the folder, or in one below it, sorted.
  public func names(in folder: String = ".") -> [String] { Self.entries("\(path)/\(folder)").sorted() }

  private static func entries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ path: String) {
    for name in entries(path) { remove("\(path)/\(name)") }
    // Removes files and, once they are empty, folders.
    _ = Glibc.remove(path)
  }
}
