import Batchwise

/// An array whose name says all about it: `float32_2x3`, and what follows a second underscore says nothing.
///
/// Element i is k = (37 i + 11) mod 101: as itself in whole numbers, k/8 − 5 in floating-point ones, which all of them
/// hold exactly, and k mod 2 in truth values. `scripts/formats/samples.py` has the same rule.
struct ArraySample {
  let array: StoredArray

  /// The array of that name; nil for a name that is not of the form.
  init?(named name: String) {
    let parts = name.split(separator: "_")
    guard parts.count >= 2, let type = ElementType(rawValue: String(parts[0])) else { return nil }
    let extents = parts[1] == "scalar" ? [] : parts[1].split(separator: "x").map { Int($0) }
    let shape = extents.compactMap { $0 }
    guard shape.count == extents.count else { return nil }
    let bytes = (0..<shape.reduce(1, *)).flatMap { Self.bytes(of: type, (37 * $0 + 11) % 101) }
    array = StoredArray(elementType: type, shape: shape, bytes: bytes)
  }

  private static func bytes(of type: ElementType, _ k: Int) -> [UInt8] {
    let number = Float(k) / 8 - 5
    return switch type {
    case .float64: littleEndian(Double(number).bitPattern)
    case .float32: littleEndian(number.bitPattern)
    case .float16: littleEndian(halfBits(of: number))
    case .bfloat16: littleEndian(UInt16(number.bitPattern >> 16))
    case .int64, .uint64: littleEndian(UInt64(k))
    case .int32, .uint32: littleEndian(UInt32(k))
    case .int16, .uint16: littleEndian(UInt16(k))
    case .int8, .uint8: [UInt8(k)]
    case .bool: [UInt8(k % 2)]
    }
  }

  /// The bits of a 16-bit number: those of the 32-bit one with another bias, for numbers that need no rounding.
  private static func halfBits(of number: Float) -> UInt16 {
    guard number != 0 else { return 0 }
    let sign: UInt16 = number < 0 ? 0x8000 : 0
    let exponent = UInt16(Int(number.exponent) + 15)
    return sign | exponent << 10 | UInt16(number.significandBitPattern >> 13)
  }

  private static func littleEndian<Bits: FixedWidthInteger>(_ bits: Bits) -> [UInt8] {
    withUnsafeBytes(of: bits.littleEndian) { Array($0) }
  }
}
