import BatchFoundation
import CZlib

/// A checksum of a whole safetensors file, kept in its own header.
///
/// It is the CRC-32 (that of gzip) of all bytes of the file in which the checksum's own eight digits are zeros. It
/// stands as eight hexadecimal digits under `batchwise.crc32`, the first of the metadata, whose offset is therefore
/// known. A flip of any bits within 32 neighbouring ones is found for sure, any other damage all but one time in 4
/// billion.
struct SafeTensorsChecksum {
  static let metadataKey = "batchwise.crc32"
  static let placeholder = "00000000"

  /// Where the digits stand in the file: behind the header's length and the keys that lead to them.
  static let offset = 8 + prefix.count

  private static let prefix = Array(#"{"\#(SafeTensorsHeader.metadataKey)":{"\#(metadataKey)":""#.utf8)

  private var remainder = crc32(0, nil, 0)

  /// Whether a header has the checksum where it belongs.
  static func isPresent(inHeader text: [UInt8]) -> Bool { text.starts(with: prefix) }

  /// Takes the next bytes of the file.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    remainder = crc32_z(remainder, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// Takes the next bytes of the file.
  mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  /// Eight hexadecimal digits.
  var digits: String { String(zeroPadding: remainder, to: 8, radix: 16) }
}
