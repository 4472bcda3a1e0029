import BatchAlgebra
import BatchFormats

extension StoredArray {
  /// The elements in the precision that is asked for, the nearest ones where it has not as many digits.
  func numbers<S: Scalar>(as scalar: S.Type = S.self) -> [S] {
    S.self == Double.self ? doubles().map { S($0) } : floats().map { S($0) }
  }
}

extension Scalar {
  /// The type of such numbers in a file.
  static var elementType: ElementType { self == Double.self ? .float64 : .float32 }
}
