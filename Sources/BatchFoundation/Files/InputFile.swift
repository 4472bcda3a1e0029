import Glibc

/// What keeps a file from being read.
package enum ReadFailure: Sendable {
  /// The system refused, with this number of its error.
  case system(Int32)
  /// The file has become shorter than it was: it ends at this byte.
  case ended(at: Int)

  /// The failure in words.
  package var reason: String {
    switch self {
    case .system(let code): String(cString: strerror(code))
    case .ended(let byte): "it ends at byte \(byte), before what was to be read"
    }
  }
}

/// An open file that is read from beginning to end, or from any byte on.
///
/// The one reader of the package; whoever opens a file says how a failure is told.
package final class InputFile<Failure: Error>: Sendable {
  /// What is at a path.
  package enum Kind: Sendable {
    case file, folder, other
  }

  /// The path that it was opened by.
  package let path: String
  /// The size of the file when it was opened; 0 for what the kernel makes up as it is read.
  package let byteCount: Int
  /// What has been opened.
  package let kind: Kind
  private let descriptor: Int32
  private let failure: @Sendable (ReadFailure) -> Failure

  /// Opens what is at the path.
  package init(path: String, failure: @escaping @Sendable (ReadFailure) -> Failure) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(.system(errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw failure(.system(code))
    }
    self.path = path
    self.descriptor = descriptor
    self.failure = failure
    byteCount = Int(status.st_size)
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      default: .other
      }
  }

  deinit { close(descriptor) }

  /// Reads at most as many bytes as fit; 0 at the end of the file.
  package func read(into memory: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    while true {
      let count = Glibc.read(descriptor, memory.baseAddress, memory.count)
      if count >= 0 { return count }
      if errno != EINTR { throw failure(.system(errno)) }
    }
  }

  /// Fills the memory with the bytes from `offset` on.
  package func read(at offset: Int, into memory: UnsafeMutableRawBufferPointer) throws(Failure) {
    var done = 0
    while done < memory.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: memory[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(.system(errno)) }
      guard count > 0 else { throw failure(.ended(at: offset + done)) }
      done += count
    }
  }

  /// Reads so many bytes from `offset` on; the caller has seen that the file holds them.
  package func read(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { (bytes) throws(Failure) in
      try read(at: offset, into: UnsafeMutableRawBufferPointer(bytes))
    }
    return bytes
  }

  /// Reads on to the end.
  package func rest() throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = try chunk.withUnsafeMutableBufferPointer { (memory) throws(Failure) in
        try read(into: UnsafeMutableRawBufferPointer(memory))
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }
}

/// Text that the system offers as a file.
package enum SystemFile {
  /// The lines of a file, without their ends and without empty ones; nil where it cannot be read.
  package static func lines(_ path: String) -> [Substring]? {
    guard let bytes = try? DurableFile.read(path) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
  }
}
