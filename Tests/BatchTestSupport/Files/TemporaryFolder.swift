import Foundation

/// A folder that is gone when the last reference to it is.
public final class TemporaryFolder {
  /// The path.
  public let path: String

  /// Makes an empty folder.
  public init() {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("batchwise-\(UUID().uuidString)").path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      fatalError("no temporary folder: \(error)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  public func write(_ bytes: [UInt8], as name: String) -> String {
    let path = "\(path)/\(name)"
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      fatalError("cannot write \(path)")
    }
    return path
  }

  /// Writes a text file and returns its path.
  public func write(_ text: String, as name: String) -> String { write(Array(text.utf8), as: name) }

  /// The content of a file; nil where there is none.
  public func read(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: "\(path)/\(name)").map { [UInt8]($0) }
  }

  /// The names in a folder within, sorted.
  public func names(in folder: String = "") -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)"))?.sorted() ?? []
  }
}
