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
