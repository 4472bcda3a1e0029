/// The type of the elements of a stored array.
public enum ElementType: String, Sendable, CaseIterable, Codable {
  /// IEEE 754 numbers of 64 bits.
  case float64
  /// IEEE 754 numbers of 32 bits.
  case float32
  /// IEEE 754 numbers of 16 bits: 5 of exponent, 10 of fraction.
  case float16
  /// The upper half of a 32-bit number: 8 bits of exponent, 7 of fraction.
  case bfloat16
  /// Whole numbers of 64 bits.
  case int64
  /// Whole numbers of 32 bits.
  case int32
  /// Whole numbers of 16 bits.
  case int16
  /// Whole numbers of 8 bits.
  case int8
  /// Whole numbers of 64 bits, from 0 on.
  case uint64
  /// Whole numbers of 32 bits, from 0 on.
  case uint32
  /// Whole numbers of 16 bits, from 0 on.
  case uint16
  /// Bytes.
  case uint8
  /// Truth values, 0 or 1 in a byte.
  case bool

  /// The bytes that an element takes.
  public var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// The bytes of an array of the shape; nil for a negative extent, or where an `Int` does not hold so many.
  public func byteCount(ofShape shape: [Int]) -> Int? {
    var bytes = byteCount
    for extent in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      bytes = product
    }
    return bytes
  }

  /// The most dimensions of an array that is read: as many as NumPy and PyTorch allow.
  static let largestRank = 64
}

/// A Swift type whose values lie in memory as the elements of a stored array do.
public protocol ArrayElement: BitwiseCopyable, Sendable {
  /// The type of the elements in a file.
  static var elementType: ElementType { get }
}

extension Double: ArrayElement { public static var elementType: ElementType { .float64 } }
extension Float: ArrayElement { public static var elementType: ElementType { .float32 } }
extension Int64: ArrayElement { public static var elementType: ElementType { .int64 } }
extension Int32: ArrayElement { public static var elementType: ElementType { .int32 } }
extension Int16: ArrayElement { public static var elementType: ElementType { .int16 } }
extension Int8: ArrayElement { public static var elementType: ElementType { .int8 } }
extension UInt64: ArrayElement { public static var elementType: ElementType { .uint64 } }
extension UInt32: ArrayElement { public static var elementType: ElementType { .uint32 } }
extension UInt16: ArrayElement { public static var elementType: ElementType { .uint16 } }
extension UInt8: ArrayElement { public static var elementType: ElementType { .uint8 } }
