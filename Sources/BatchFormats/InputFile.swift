import Glibc

/// An open file that is read from beginning to end, or at any place.
package final class InputFile: Sendable {
  let path: String
  /// The size of the file when it was opened.
  let byteCount: Int
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Throws: ``DataError`` with the system's reason when the path is no readable regular file.
  init(path: String) throws(DataError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = errno
      close(descriptor)
      throw Self.unreadable(path, reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw DataError(
        .unreadable, path: path, isFolder ? "this is a folder, not a file" : "this is not a regular file",
        hint: "give the path of a file")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads at most as many bytes as fit; 0 at the end of the file.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    while true {
      let count = Glibc.read(descriptor, memory.baseAddress, memory.count)
      if count >= 0 { return count }
      if errno != EINTR { throw Self.unreadable(path, errno) }
    }
  }

  /// Fills the memory with the bytes from `offset` on.
  ///
  /// - Throws: ``DataError`` when they cannot be read, or the file has become shorter.
  func read(at offset: Int, into memory: UnsafeMutableRawBufferPointer) throws(DataError) {
    var done = 0
    while done < memory.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: memory[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.unreadable(path, errno) }
      guard count > 0 else {
        throw DataError(
          .malformed, path: path, "the file ends at byte \(offset + done), before what was to be read",
          hint: "write or download it again")
      }
      done += count
    }
  }

  /// Reads so many bytes from `offset` on; the caller has seen that the file holds them.
  func read(at offset: Int, count: Int) throws(DataError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { (bytes) throws(DataError) in
      try read(at: offset, into: UnsafeMutableRawBufferPointer(bytes))
    }
    return bytes
  }

  static func unreadable(_ path: String, _ code: Int32) -> DataError {
    let reason = String(cString: strerror(code))
    let hint =
      switch code {
      case ENOENT: "check the spelling of the path"
      case EACCES: "give yourself the right to read it (chmod +r, and +x on its folders)"
      default: "check the disk and the path"
      }
    return DataError(.unreadable, path: path, "cannot be read (\(reason))", hint: hint)
  }
}
