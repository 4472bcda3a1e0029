/// Makers of small files, written from the formats' specifications and without the code under test or zlib.
public enum FileFormats {
  /// An IDX file (LeCun's MNIST page): magic, big-endian dimensions, bytes.
  public static func idx(shape: [Int], _ bytes: [UInt8], type: UInt8 = 0x08) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { bigEndian(UInt32($0)) } + bytes
  }

  /// A gzip member (RFC 1952) of stored, uncompressed blocks (RFC 1951, section 3.2.4).
  public static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var start = 0
    repeat {
      let end = min(start + 0xFFFF, bytes.count)
      let length = UInt16(end - start)
      result.append(end == bytes.count ? 1 : 0)
      result += littleEndian(UInt32(length)).prefix(2) + littleEndian(UInt32(~length)).prefix(2)
      result += bytes[start..<end]
      start = end
    } while start < bytes.count
    return result + littleEndian(crc32(bytes)) + littleEndian(UInt32(bytes.count))
  }

  /// The cyclic redundancy check of gzip and PNG, bit by bit: the polynomial 0xEDB88320, reflected.
  public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
    }
    return ~remainder
  }

  /// The bytes of a number, the greatest first.
  public static func bigEndian(_ value: UInt32) -> [UInt8] { littleEndian(value).reversed() }

  /// The bytes of a number, the least first.
  public static func littleEndian(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
