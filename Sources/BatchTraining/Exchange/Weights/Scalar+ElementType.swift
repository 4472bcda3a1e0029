import BatchAlgebra
import BatchFormats

extension Scalar {
  /// The type of such numbers in a file.
  static var elementType: ElementType { self == Double.self ? .float64 : .float32 }
}
