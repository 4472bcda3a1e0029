import CZlib

/// Decompression of gzip files (RFC 1952).
enum Gzip {
  /// Whether the bytes begin as a gzip file does.
  static func isCompressed(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// The content of a gzip file.
  ///
  /// - Throws: ``DataError/malformed(path:reason:)`` for a file that is cut short, damaged, or followed by other bytes.
  static func decompress(_ bytes: [UInt8], path: String) throws(DataError) -> [UInt8] {
    var stream = z_stream()
    // 16 asks for the gzip format, 15 for its largest window.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .outOfMemory("\(path): zlib could not be set up")
    }
    defer { inflateEnd(&stream) }
    var input = bytes
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    let status = input.withUnsafeMutableBufferPointer { source -> Int32 in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(clamping: source.count)
      var status = Z_OK
      while status == Z_OK {
        chunk.withUnsafeMutableBufferPointer { target in
          stream.next_out = target.baseAddress
          stream.avail_out = UInt32(target.count)
          status = inflate(&stream, Z_NO_FLUSH)
        }
        output.append(contentsOf: chunk[..<(chunk.count - Int(stream.avail_out))])
      }
      return status
    }
    switch status {
    case Z_STREAM_END:
      guard stream.avail_in == 0 else {
        throw .malformed(path: path, reason: "\(stream.avail_in) bytes follow the end of the compressed data")
      }
      return output
    case Z_BUF_ERROR:
      throw .malformed(path: path, reason: "the compressed file is cut short; fetch it again")
    default:
      let detail = stream.msg.map { " (\(String(cString: $0)))" } ?? ""
      throw .malformed(path: path, reason: "the compressed file is damaged\(detail); fetch it again")
    }
  }
}
