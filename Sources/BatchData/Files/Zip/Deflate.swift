import CZlib

/// Data compressed by deflate (RFC 1951) without a header of its own, as ZIP archives hold them.
enum Deflate {
  // Negative: no header and no checksum; 15: the largest window.
  private static let rawWindow: Int32 = -15

  /// What does not decompress, and why.
  struct Failure: Error {
    let reason: String
  }

  /// Decompresses data whose length is known.
  static func inflated(_ bytes: [UInt8], to count: Int) throws(Failure) -> [UInt8] {
    var stream = z_stream()
    guard inflateInit2_(&stream, rawWindow, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw Failure(reason: "zlib cannot start")
    }
    defer { inflateEnd(&stream) }
    // One byte more than it should be, so that data that are too long show.
    var output = [UInt8](repeating: 0, count: count + 1)
    let (status, produced) = run(&stream, bytes, &output) { inflate($0, $1) }
    guard status == Z_STREAM_END, stream.avail_in == 0 else {
      throw Failure(reason: stream.msg.map { String(cString: $0) } ?? "it is cut short or too long")
    }
    guard produced == count else { throw Failure(reason: "\(produced) bytes come out, not \(count)") }
    output.removeLast()
    return output
  }

  /// Compresses data.
  static func deflated(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    var stream = z_stream()
    // 8: the memory level that zlib recommends.
    let started = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, rawWindow, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
      Int32(MemoryLayout<z_stream>.size))
    guard started == Z_OK else { throw Failure(reason: "zlib cannot start") }
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))))
    let (status, produced) = run(&stream, bytes, &output) { deflate($0, $1) }
    guard status == Z_STREAM_END else { throw Failure(reason: "zlib stopped with \(status)") }
    output.removeLast(output.count - produced)
    return output
  }

  /// Feeds the stream in parts that zlib's 32-bit lengths hold; the last status and the number of bytes produced.
  private static func run(
    _ stream: inout z_stream, _ input: [UInt8], _ output: inout [UInt8],
    _ step: (UnsafeMutablePointer<z_stream>, Int32) -> Int32
  ) -> (status: Int32, produced: Int) {
    let part = 1 << 30
    var (consumed, produced) = (0, 0)
    var status = Z_OK
    input.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        while status == Z_OK {
          let (offered, room) = (min(part, input.count - consumed), min(part, output.count - produced))
          // zlib only reads what next_in points to; its type says otherwise.
          stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + consumed })
          stream.avail_in = UInt32(offered)
          stream.next_out = output.baseAddress.map { $0 + produced }
          stream.avail_out = UInt32(room)
          status = step(&stream, consumed + offered == input.count ? Z_FINISH : Z_NO_FLUSH)
          let (read, written) = (offered - Int(stream.avail_in), room - Int(stream.avail_out))
          consumed += read
          produced += written
          // A full buffer is not yet an error; a step without progress is.
          if status == Z_BUF_ERROR, read + written > 0 { status = Z_OK }
        }
      }
    }
    return (status, produced)
  }
}
