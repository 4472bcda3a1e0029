/// An array as files hold it: a shape, an element type, and the elements' bytes, the last dimension running fastest.
///
/// The bytes are little-endian, as are all processors this package runs on.
public struct StoredArray: Sendable, Equatable {
  /// The type of the elements.
  public let elementType: ElementType
  /// The extents; empty for a single number.
  public let shape: [Int]
  /// The elements, the last dimension running fastest.
  public let bytes: [UInt8]

  /// An array of the given bytes, which are as many as the shape needs.
  public init(elementType: ElementType, shape: [Int], bytes: [UInt8]) {
    precondition(
      elementType.byteCount(ofShape: shape) == bytes.count, "\(bytes.count) bytes do not fill \(shape) \(elementType)")
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// An array of the given elements, the last dimension running fastest.
  public init<Element: ArrayElement>(shape: [Int], _ elements: [Element]) {
    self.init(elementType: Element.elementType, shape: shape, bytes: elements.withUnsafeBytes { Array($0) })
  }

  /// The number of elements.
  public var count: Int { bytes.count / elementType.byteCount }

  /// The elements; nil where they are of another type.
  public func elements<Element: ArrayElement>(as type: Element.Type) -> [Element]? {
    guard elementType == Element.elementType else { return nil }
    return Array(unsafeUninitializedCapacity: count) { elements, initialised in
      UnsafeMutableRawBufferPointer(elements).copyBytes(from: bytes)
      initialised = count
    }
  }

  /// The elements of any type as 32-bit numbers, the nearest one where it has no exact counterpart.
  public func floats() -> [Float] {
    Array(unsafeUninitializedCapacity: count) { numbers, initialised in
      bytes.withUnsafeBytes { convertElements($0, of: elementType, into: numbers) }
      initialised = count
    }
  }

  /// The elements of any type as 64-bit numbers, the nearest one where it has no exact counterpart.
  public func doubles() -> [Double] {
    Array(unsafeUninitializedCapacity: count) { numbers, initialised in
      bytes.withUnsafeBytes { convertElements($0, of: elementType, into: numbers) }
      initialised = count
    }
  }
}

/// Elements of any type as numbers of another, the nearest one where it has no exact counterpart.
///
/// `bytes` need no alignment and hold exactly as many elements as `numbers` has places.
@specialized(where Number == Float)
@specialized(where Number == Double)
package func convertElements<Number: BinaryFloatingPoint & BitwiseCopyable>(
  _ bytes: UnsafeRawBufferPointer, of type: ElementType, into numbers: UnsafeMutableBufferPointer<Number>
) {
  precondition(bytes.count == numbers.count * type.byteCount, "\(bytes.count) bytes are not \(numbers.count) \(type)")
  switch type {
  case .float64: convert(bytes, numbers) { (element: UInt64) in Number(Double(bitPattern: element)) }
  case .float32: convert(bytes, numbers) { (element: UInt32) in Number(Float(bitPattern: element)) }
  case .float16: convert(bytes, numbers) { (element: UInt16) in Number(float(ofHalf: element)) }
  case .bfloat16: convert(bytes, numbers) { (element: UInt16) in Number(Float(bitPattern: UInt32(element) << 16)) }
  case .int64: convert(bytes, numbers) { (element: Int64) in Number(element) }
  case .int32: convert(bytes, numbers) { (element: Int32) in Number(element) }
  case .int16: convert(bytes, numbers) { (element: Int16) in Number(element) }
  case .int8: convert(bytes, numbers) { (element: Int8) in Number(element) }
  case .uint64: convert(bytes, numbers) { (element: UInt64) in Number(element) }
  case .uint32: convert(bytes, numbers) { (element: UInt32) in Number(element) }
  case .uint16: convert(bytes, numbers) { (element: UInt16) in Number(element) }
  case .uint8, .bool: convert(bytes, numbers) { (element: UInt8) in Number(element) }
  }
}

@inline(__always)
private func convert<Element: BitwiseCopyable, Number: BitwiseCopyable>(
  _ bytes: UnsafeRawBufferPointer, _ numbers: UnsafeMutableBufferPointer<Number>, _ number: (Element) -> Number
) {
  let stride = MemoryLayout<Element>.stride
  for i in 0..<numbers.count {
    numbers.initializeElement(at: i, to: number(bytes.loadUnaligned(fromByteOffset: i * stride, as: Element.self)))
  }
}

/// The value of an IEEE 754 number of 16 bits; every one of them is a `Float`.
private func float(ofHalf half: UInt16) -> Float {
  let sign: Float = half & 0x8000 == 0 ? 1 : -1
  let exponent = UInt32(half >> 10 & 0x1F)
  let fraction = UInt32(half & 0x3FF)
  switch exponent {
  // Multiples of 2^-24.
  case 0: return sign * Float(fraction) * 0x1p-24
  // Infinity and NaN, with the NaN's bits.
  case 0x1F: return Float(bitPattern: UInt32(half & 0x8000) << 16 | 0x7F80_0000 | fraction << 13)
  // The bias is 15 there and 127 here.
  default: return Float(bitPattern: UInt32(half & 0x8000) << 16 | (exponent + 112) << 23 | fraction << 13)
  }
}
