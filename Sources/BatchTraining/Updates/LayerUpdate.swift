public import BatchAlgebra

/// An optimizer's update for layers that do it in their backward pass, while the gradient is in the cache.
public struct LayerUpdate<S: Scalar>: Sendable {
  private let weightRule: ElementwiseRule
  private let vectorRule: ElementwiseRule
  private let state: StateVectors<S>

  /// The update number `step` of an optimizer; nil where its rule is not an elementwise one.
  init?(_ optimizer: any Optimizer, step: Int, state: StateVectors<S>) {
    guard case .elementwise(let weightRule) = optimizer.rule(step: step, for: .weight),
      case .elementwise(let vectorRule) = optimizer.rule(step: step, for: .vector)
    else { return nil }
    weightRule.requireState(state.count, of: optimizer)
    vectorRule.requireState(state.count, of: optimizer)
    self.weightRule = weightRule
    self.vectorRule = vectorRule
    self.state = state
  }

  private func rule(for kind: ParameterKind) -> ElementwiseRule { kind == .weight ? weightRule : vectorRule }

  /// Updates `count` elements of a parameter, those from `offset` of the parameter vector on, and their state.
  ///
  /// For a layer's backward pass, which hands over its pass's ``LayerPass/parameters`` and ``LayerPass/gradient``, both
  /// from the start of the vector. It may be called for any part of a parameter, from any thread of the team, once for
  /// each element. Elements that pad a parameter may be among them where their gradient is 0.
  public func apply(
    to kind: ParameterKind, at offset: Int, count: Int, parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>
  ) {
    state.update(by: rule(for: kind), at: offset, count: count, parameters: parameters, gradient: gradient)
  }

  /// The update of the weight that begins at `offset` of the parameter vector, for a product that makes its gradient.
  func weightUpdate(at offset: Int) -> WeightUpdate<S> {
    WeightUpdate(
      rule: weightRule.kernelUpdate, state0: state[0, at: offset], state1: state[1, at: offset],
      state2: state[2, at: offset])
  }
}
