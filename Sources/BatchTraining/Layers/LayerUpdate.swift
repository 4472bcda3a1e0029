public import BatchAlgebra
public import CBatchKernels

/// An optimizer's update for layers that do it in their backward pass, while the gradient is in the cache.
public struct LayerUpdate<S: Scalar>: @unchecked Sendable {
  /// The rule with its numbers.
  public let rule: bk_update
  /// The optimizer's state vectors, one after another, each laid out like the parameter vector; nil without state.
  let state: UnsafeMutablePointer<S>?
  /// The number of state vectors.
  let stateCount: Int
  /// The length of the parameter vector.
  let stateStride: Int

  /// The part of the optimizer's state vector number `index` that belongs to parameters from `offset` on.
  func state(_ index: Int, at offset: Int) -> UnsafeMutablePointer<S>? {
    guard index < stateCount, let state else { return nil }
    return state + index * stateStride + offset
  }

  /// The update of the weight that begins at `offset`.
  func weightUpdate(at offset: Int) -> WeightUpdate<S> {
    WeightUpdate(rule: rule, state0: state(0, at: offset), state1: state(1, at: offset))
  }

  /// Updates `count` parameters from `offset` on.
  func apply(
    at offset: Int, count: Int, parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>
  ) {
    S.kernelUpdate(
      rule, count, parameters + offset, gradient + offset, state(0, at: offset), state(1, at: offset))
  }
}
