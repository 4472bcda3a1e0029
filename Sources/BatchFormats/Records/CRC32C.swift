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
