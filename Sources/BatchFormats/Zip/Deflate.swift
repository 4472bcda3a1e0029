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
  ///
  /// Memory grows with what comes out, so that a forged length asks for none.
  static func inflated(_ bytes: [UInt8], to count: Int) throws(Failure) -> [UInt8] {
    try withStream { (stream) throws(Failure) in
      guard inflateInit2_(stream, rawWindow, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw Failure(reason: "zlib cannot start")
      }
      defer { inflateEnd(stream) }
      // One byte more than it should be, so that data that are too long show.
      let (status, output) = run(stream, bytes, atMost: count + 1) { inflate($0, $1) }
      guard status == Z_STREAM_END, stream.pointee.avail_in == 0 else {
        throw Failure(reason: stream.pointee.msg.map { String(cString: $0) } ?? "it is cut short or too long")
      }
      guard output.count == count else { throw Failure(reason: "\(output.count) bytes come out, not \(count)") }
      return output
    }
  }

  /// Compresses data.
  static func deflated(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    try withStream { (stream) throws(Failure) in
      // 8: the memory level that zlib recommends.
      let started = deflateInit2_(
        stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, rawWindow, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
        Int32(MemoryLayout<z_stream>.size))
      guard started == Z_OK else { throw Failure(reason: "zlib cannot start") }
      defer { deflateEnd(stream) }
      let bound = Int(deflateBound(stream, uLong(bytes.count)))
      let (status, output) = run(stream, bytes, atMost: bound) { deflate($0, $1) }
      guard status == Z_STREAM_END else { throw Failure(reason: "zlib stopped with \(status)") }
      return output
    }
  }

  /// Gives `body` a stream that stays where it is: zlib keeps its address.
  private static func withStream<R>(
    _ body: (UnsafeMutablePointer<z_stream>) throws(Failure) -> R
  ) throws(Failure) -> R {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    return try body(stream)
  }

  /// Feeds the stream in parts that zlib's 32-bit lengths hold; the last status, and what came out, up to a limit.
  private static func run(
    _ stream: UnsafeMutablePointer<z_stream>, _ input: [UInt8], atMost limit: Int,
    _ step: (UnsafeMutablePointer<z_stream>, Int32) -> Int32
  ) -> (status: Int32, output: [UInt8]) {
    let part = 1 << 30
    let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: min(limit, 1 << 20))
    defer { chunk.deallocate() }
    var output: [UInt8] = []
    var consumed = 0
    var status = Z_OK
    input.withUnsafeBufferPointer { input in
      while status == Z_OK {
        let (offered, room) = (min(part, input.count - consumed), min(chunk.count, limit - output.count))
        // zlib only reads what next_in points to; its type says otherwise.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + consumed })
        stream.pointee.avail_in = UInt32(offered)
        stream.pointee.next_out = chunk.baseAddress
        stream.pointee.avail_out = UInt32(room)
        status = step(stream, consumed + offered == input.count ? Z_FINISH : Z_NO_FLUSH)
        let (read, written) = (offered - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out))
        consumed += read
        output.append(contentsOf: UnsafeBufferPointer(rebasing: chunk[..<written]))
        // A full buffer is not yet an error; a step without progress is.
        if status == Z_BUF_ERROR, read + written > 0 { status = Z_OK }
      }
    }
    return (status, output)
  }
}
