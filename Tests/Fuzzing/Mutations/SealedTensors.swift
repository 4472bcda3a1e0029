import BatchTestSupport

/// Makes a changed safetensors file pass for one that was written so: the checksum in its header is computed anew.
enum SealedTensors {
  private static let prefix = Array(#"{"__metadata__":{"batchwise.crc32":""#.utf8)

  /// The length of the header; nil for a file that does not hold as much.
  static func headerLength(_ bytes: [UInt8]) -> Int? {
    guard bytes.count > 8 else { return nil }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length <= UInt64(bytes.count - 8) ? Int(length) : nil
  }

  static func seal(_ bytes: inout [UInt8]) {
    let digits = 8 + prefix.count..<16 + prefix.count
    guard bytes.count >= digits.upperBound, bytes[8...].starts(with: prefix) else { return }
    bytes.replaceSubrange(digits, with: Array("00000000".utf8))
    let text = String(FileFormats.crc32(bytes), radix: 16)
    bytes.replaceSubrange(digits, with: Array((String(repeating: "0", count: 8 - text.count) + text).utf8))
  }
}
