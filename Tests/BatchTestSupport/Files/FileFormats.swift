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

  /// A ZIP archive (PKWARE's APPNOTE) of stored entries, with 64-bit sizes and places where `isWide`.
  public static func zip(
    _ entries: [(name: String, content: [UInt8])], isWide: Bool = false, comment: String = ""
  )
    -> [UInt8]
  {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in entries {
      let offset = archive.count
      let size = [UInt8](littleEndian(UInt32(content.count)))
      let told = isWide ? [UInt8](repeating: 0xFF, count: 4) : size
      func wide(_ value: Int) -> [UInt8] { littleEndian(UInt32(value)) + [0, 0, 0, 0] }
      let sizes = wide(content.count) + wide(content.count)
      // An extra field of a stranger, number 0x7075, stands before the one with the sizes.
      let stranger: [UInt8] = [0x75, 0x70, 1, 0, 42]
      let localExtra = isWide ? stranger + [1, 0, 16, 0] + sizes : []
      let extra = isWide ? stranger + [1, 0, 24, 0] + sizes + wide(offset) : []
      // Version 4.5, no flags, stored, a date, the checksum, both sizes, the length of the name.
      let common =
        [45, 0, 0, 0, 0, 0, 1, 2, 3, 4] + littleEndian(crc32(content)) + told + told
        + littleEndian(UInt32(name.utf8.count)).prefix(2)
      archive += littleEndian(0x0403_4B50) + common + littleEndian(UInt32(localExtra.count)).prefix(2)
      archive += Array(name.utf8) + localExtra + content
      directory += littleEndian(0x0201_4B50) + [45, 3] + common + littleEndian(UInt32(extra.count)).prefix(2)
      directory += [UInt8](repeating: 0, count: 10)
      directory += isWide ? [UInt8](repeating: 0xFF, count: 4) : littleEndian(UInt32(offset))
      directory += Array(name.utf8) + extra
    }
    let place = UInt32(archive.count)
    let count = littleEndian(UInt32(entries.count)).prefix(2)
    var end = littleEndian(0x0605_4B50) + [0, 0, 0, 0] + count + count
    end += littleEndian(UInt32(directory.count)) + littleEndian(place)
    if isWide {
      let zeros = [UInt8](repeating: 0, count: 4)
      let wideCount = littleEndian(UInt32(entries.count)) + zeros
      var record = littleEndian(0x0606_4B50) + littleEndian(44) + zeros + [45, 0, 45, 0] + zeros + zeros
      record += wideCount + wideCount + littleEndian(UInt32(directory.count)) + zeros + littleEndian(place) + zeros
      let recordPlace = littleEndian(place + UInt32(directory.count)) + zeros
      let locator = littleEndian(0x0706_4B50) + zeros + recordPlace + littleEndian(1)
      end = record + locator + littleEndian(0x0605_4B50) + zeros + [UInt8](repeating: 0xFF, count: 12)
    }
    end += littleEndian(UInt32(comment.utf8.count)).prefix(2) + Array(comment.utf8)
    return archive + directory + end
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
