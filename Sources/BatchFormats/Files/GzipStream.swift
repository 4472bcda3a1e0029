import CZlib

/// The decompressed bytes of a gzip file, in the order in which they come.
///
/// Several members one after another are read as one, as `gzip -d` does (RFC 1952, section 2.2). The checksum and
/// length at the end of each are checked by zlib.
package final class GzipStream {
  private let file: DataFile
  private let input: UnsafeMutableRawBufferPointer
  // zlib keeps the address of its stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var state = State.insideMember

  private enum State {
    case insideMember
    case betweenMembers
    case ended
  }

  // 16 + 15: the gzip format, and the largest window.
  private static let gzipWindow: Int32 = 16 + 15
  private static let inputCapacity = 256 * 1024

  /// Reads a file that has been opened and not yet read from.
  ///
  /// - Throws: ``DataError`` when zlib cannot start.
  init(_ file: DataFile) throws(DataError) {
    self.file = file
    input = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.inputCapacity, alignment: 16)
    stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let result = inflateInit2_(stream, Self.gzipWindow, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else {
      throw DataError(
        .outOfMemory, path: file.path, "zlib \(String(cString: zlibVersion())) cannot start (\(result))",
        hint: "free some memory, or install the zlib this was built with")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Reads at most as many bytes as fit; 0 at the end.
  ///
  /// - Throws: ``DataError`` when the file is truncated, corrupt or followed by something else.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    guard memory.count > 0 else { return 0 }
    let capacity = min(memory.count, Int(UInt32.max))
    stream.pointee.next_out = memory.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(capacity)
    while state != .ended, stream.pointee.avail_out > 0 {
      let hasInput = try fill()
      switch state {
      case .betweenMembers: try startNextMember(hasInput: hasInput)
      case .insideMember:
        guard hasInput else { throw truncated() }
        try inflateSome()
      case .ended: break
      }
    }
    return capacity - Int(stream.pointee.avail_out)
  }

  /// Sees to it that there is compressed input; false at the end of the file.
  private func fill() throws(DataError) -> Bool {
    guard stream.pointee.avail_in == 0 else { return true }
    let count = try file.read(into: input)
    stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_in = UInt32(count)
    return count > 0
  }

  private func inflateSome() throws(DataError) {
    switch inflate(stream, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: return
    case Z_STREAM_END: state = .betweenMembers
    case Z_MEM_ERROR:
      throw DataError(
        .outOfMemory, path: file.path, "zlib had no memory to decompress", hint: "free some memory and try again")
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "invalid data"
      throw DataError(
        .malformed, path: file.path, "the gzip data is corrupt (\(reason))",
        hint: "download the file again, and check it with gzip -t")
    }
  }

  private func startNextMember(hasInput: Bool) throws(DataError) {
    guard hasInput else {
      state = .ended
      return
    }
    guard stream.pointee.next_in?.pointee == 0x1F else {
      throw DataError(
        .malformed, path: file.path, "something that is not gzip data follows the gzip data",
        hint: "download the file again, and check it with gzip -t")
    }
    inflateReset(stream)
    state = .insideMember
  }

  private func truncated() -> DataError {
    DataError(
      .malformed, path: file.path, "the gzip data is truncated: it ends after \(file.byteCount) bytes in midstream",
      hint: "download the file again, and check it with gzip -t")
  }
}
