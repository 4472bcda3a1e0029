import BatchAlgebra
import CBatchKernels

/// Where an optimizer's state vectors lie: one after another, each laid out like the parameter vector.
struct StateVectors<S: Scalar>: @unchecked Sendable {
  /// The first element of the first vector; nil without state.
  let baseAddress: UnsafeMutablePointer<S>?
  /// The number of vectors.
  let count: Int
  /// The length of a vector.
  let stride: Int

  /// The vectors in a buffer that they fill.
  init(_ buffer: AlignedBuffer<S>, count: Int) {
    baseAddress = count > 0 ? buffer.baseAddress : nil
    self.count = count
    stride = count > 0 ? buffer.count / count : 0
  }

  /// The part of vector number `index` that belongs to parameters from `offset` on; nil where there is no such vector.
  subscript(index: Int, at offset: Int) -> UnsafeMutablePointer<S>? {
    guard index < count, let baseAddress else { return nil }
    return baseAddress + index * stride + offset
  }

  /// Updates `count` parameters and their state, from `offset` on.
  func update(
    by rule: bk_update, at offset: Int, count: Int, parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>
  ) {
    S.kernelUpdate(
      rule, count, parameters + offset, gradient + offset, self[0, at: offset], self[1, at: offset],
      self[2, at: offset])
  }
}
