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
