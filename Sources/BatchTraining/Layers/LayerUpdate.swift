public import BatchAlgebra
public import CBatchKernels

/// An optimizer's update for layers that do it in their backward pass, while the gradient is in the cache.
public struct LayerUpdate<S: Scalar>: Sendable {
  private let weightRule: bk_update
  private let vectorRule: bk_update
  private let state: StateVectors<S>

  /// The update number `step` of an optimizer; nil where the kernels do not know its rule.
  init?(_ optimizer: any Optimizer, step: Int, state: StateVectors<S>) {
    guard let weightRule = optimizer.kernelRule(step: step, for: .weight),
      let vectorRule = optimizer.kernelRule(step: step, for: .vector)
    else { return nil }
    self.weightRule = weightRule
    self.vectorRule = vectorRule
    self.state = state
  }

  /// The rule for parameters of a kind, with its numbers.
  public func rule(for kind: ParameterKind) -> bk_update { kind == .weight ? weightRule : vectorRule }

  /// The update of the weight that begins at `offset` of the parameter vector.
  func weightUpdate(at offset: Int) -> WeightUpdate<S> {
    WeightUpdate(
      rule: weightRule, state0: state[0, at: offset], state1: state[1, at: offset], state2: state[2, at: offset])
  }

  /// Updates `count` elements, from `offset` of the parameter vector on, of a parameter of a kind.
  func apply(
    to kind: ParameterKind, at offset: Int, count: Int, parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>
  ) {
    state.update(by: rule(for: kind), at: offset, count: count, parameters: parameters, gradient: gradient)
  }
}
