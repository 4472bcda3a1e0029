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
  public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 { check(bytes, polynomial: 0xEDB8_8320) }

  /// The cyclic redundancy check of TFRecord, bit by bit: the polynomial 0x82F63B78, reflected.
  public static func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 { check(bytes, polynomial: 0x82F6_3B78) }

  private static func check(_ bytes: some Sequence<UInt8>, polynomial: UInt32) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ polynomial : remainder >> 1 }
    }
    return ~remainder
  }

  /// The records of a TFRecord file; nil where a length or a check is wrong, or the file is cut short.
  public static func tfRecords(_ bytes: [UInt8]) -> [[UInt8]]? {
    func masked(_ bytes: some Sequence<UInt8>) -> [UInt8] {
      let check = crc32c(bytes)
      return littleEndian((check >> 15 | check << 17) &+ 0xA282_EAD8)
    }
    var records: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let head = rest.prefix(12)
      guard head.count == 12, masked(head.prefix(8)).elementsEqual(head.suffix(4)) else { return nil }
      let length = head.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let record = rest.dropFirst(12).prefix(length)
      let check = rest.dropFirst(12 + length).prefix(4)
      guard record.count == length, masked(record).elementsEqual(check) else { return nil }
      records.append(Array(record))
      rest = rest.dropFirst(16 + length)
    }
    return records
  }

  /// The bytes that hexadecimal digits stand for, two a byte.
  public static func bytes(hexadecimal digits: String) -> [UInt8] {
    var digits = digits.utf8.map { UInt8($0 > 0x39 ? $0 - 0x57 : $0 - 0x30) }[...]
    var bytes: [UInt8] = []
    while let high = digits.popFirst(), let low = digits.popFirst() { bytes.append(high << 4 | low) }
    return bytes
  }

  /// The bytes of a number, the greatest first.
  public static func bigEndian(_ value: UInt32) -> [UInt8] { littleEndian(value).reversed() }

  /// The bytes of a number, the least first.
  public static func littleEndian(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
