import CZlib
import Glibc

/// The bytes of a file as they are.
enum FileBytes {
  /// Reads a whole file.
  static func read(_ path: String) throws(DataError) -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw failure(path) }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .unreadable(path: path, reason: "it is a folder where a file is expected")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size) + 1)
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      bytes.append(contentsOf: chunk[..<count])
      if count < chunk.count {
        guard ferror(file) == 0 else { throw failure(path) }
        return bytes
      }
    }
  }

  /// Whether there is anything at the path.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func failure(_ path: String) -> DataError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}
