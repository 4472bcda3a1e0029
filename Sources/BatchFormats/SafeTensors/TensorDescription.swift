/// What a safetensors file says of one tensor: its name, the type of its elements, its shape.
public struct TensorDescription: Sendable, Equatable {
  /// The name, such as `layers.3.weight`.
  public let name: String
  /// The type of the elements.
  public let elementType: ElementType
  /// The extents, the last dimension running fastest; empty for a single number.
  public let shape: [Int]
  /// The bytes of its elements.
  public let byteCount: Int

  /// A tensor of that name, element type and shape.
  public init(name: String, elementType: ElementType, shape: [Int]) {
    guard let byteCount = elementType.byteCount(ofShape: shape) else {
      preconditionFailure("the tensor '\(name)' cannot have the shape \(shape)")
    }
    self.init(name: name, elementType: elementType, shape: shape, byteCount: byteCount)
  }

  /// A tensor whose size is known to fit its shape.
  init(name: String, elementType: ElementType, shape: [Int], byteCount: Int) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.byteCount = byteCount
  }

  /// The number of elements.
  public var count: Int { byteCount / elementType.byteCount }
}

extension ElementType {
  /// The name of the type in safetensors files.
  var safeTensorsName: String {
    switch self {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint64: "U64"
    case .uint32: "U32"
    case .uint16: "U16"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }
}
