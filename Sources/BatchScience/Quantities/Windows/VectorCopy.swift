import BatchAlgebra
import BatchTraining

/// A copy of a vector of the parameters' layout: memory that is asked for once, at the first copy.
final class VectorCopy {
  /// An `AlignedBuffer` of the network's numbers.
  private var memory: Any?

  /// The memory for a vector of the kind; nil before the first copy.
  func elements<S: Scalar>(of type: S.Type) -> UnsafeMutableBufferPointer<S>? {
    (memory as? AlignedBuffer<S>)?.elements
  }

  /// Copies a vector; false where there is no memory for it.
  @discardableResult
  func copy<S: Scalar>(_ vector: UnsafeBufferPointer<S>) -> Bool {
    if elements(of: S.self)?.count != vector.count { memory = try? AlignedBuffer<S>(count: vector.count) }
    guard let elements = elements(of: S.self) else { return false }
    _ = elements.update(fromContentsOf: vector)
    return true
  }
}

/// Four elements of a vector from an index on, as double-precision numbers: sums of such a width do not wait for their
/// own last addition at every element.
@inline(__always)
func fourElements<S: Scalar>(_ vector: UnsafeBufferPointer<S>, _ index: Int) -> SIMD4<Double> {
  SIMD4(Double(vector[index]), Double(vector[index + 1]), Double(vector[index + 2]), Double(vector[index + 3]))
}

extension Network {
  /// The parameter vector, to be read.
  var parameterVector: UnsafeBufferPointer<S> { UnsafeBufferPointer(parameters.elements) }
}
