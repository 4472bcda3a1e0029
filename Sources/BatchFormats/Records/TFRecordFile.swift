package import BatchFoundation

/// A new file of TensorFlow's records, each behind its length and between two checks.
///
/// A record is length (8 bytes), check of the length (4), data, check of the data (4), all little-endian; a check is
/// the CRC-32C, rotated and shifted so that the check of data that hold checks is still a good one. Source: TensorFlow,
/// `core/lib/io/record_writer.h` and `core/lib/hash/crc32c.h`.
package struct TFRecordFile: ~Copyable {
  private var file: AppendingFile
  /// The bytes of the records that were written whole.
  private var byteCount = 0

  /// Makes the file.
  ///
  /// - Throws: `FileError`, also where there is a file of that name.
  package init(creating path: String) throws(FileError) {
    file = try AppendingFile(creating: path)
  }

  /// Writes a record behind the others and hands it to the system, which keeps it even if this process is killed.
  ///
  /// - Throws: `FileError`, as on a full disk; the records before it stay, and others can follow.
  package mutating func append(_ record: [UInt8]) throws(FileError) {
    let framed = Self.framed(record)
    do {
      try file.append(framed)
    } catch {
      // Half a record would end the file for every reader.
      file.cut(to: byteCount)
      throw error
    }
    byteCount += framed.count
  }

  /// A record as it stands in the file.
  package static func framed(_ record: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(record.count))
    return length + littleEndian(maskedCheck(length)) + record + littleEndian(maskedCheck(record))
  }

  private static func maskedCheck(_ bytes: [UInt8]) -> UInt32 {
    let check = CRC32C.checksum(bytes)
    return (check >> 15 | check << 17) &+ 0xA282_EAD8
  }

  private static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

/// The cyclic redundancy check of iSCSI, SCTP and TFRecord: Castagnoli's polynomial 0x1EDC6F41.
///
/// Source: RFC 3720, section 12.1 and appendix B.4. zlib's `crc32` has another polynomial.
package enum CRC32C {
  /// What a byte turns the remainder into; the polynomial with its bits in reverse, as the check takes them.
  private static let table: [UInt32] = (0..<256).map { byte in
    var remainder = UInt32(byte)
    for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1 }
    return remainder
  }

  /// The check of the bytes.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes { remainder = remainder >> 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] }
    return ~remainder
  }
}
