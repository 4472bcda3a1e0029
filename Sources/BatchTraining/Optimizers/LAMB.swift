public import BatchAlgebra

/// LAMB: Adam's direction, with a step for each parameter by the norm of its weights.
///
/// You et al. 2020, algorithm 2: m ← β₁m + (1 − β₁)∇; s ← β₂s + (1 − β₂)∇²; u = m̂ / (√ŝ + ε) + λw, with m̂ = m / (1 −
/// β₁ᵗ) and ŝ = s / (1 − β₂ᵗ); w ← w − η·ρ·u, with ρ = |w| / |u| over a whole parameter: the paper's scaling function φ
/// is the identity. ρ is 1 where one of the norms is 0, and for parameters outside ``adaptationScope``: biases and what
/// scales or shifts a normalised signal, unless told otherwise. NVIDIA's variant clips the gradient by its norm first;
/// here that is no part of it.
public struct LAMB: AdaptiveOptimizer, AdamRelative, Hashable {
  /// The step size η, relative to the weights.
  public var learningRate: Double
  public internal(set) var beta1: Double
  public internal(set) var beta2: Double
  public internal(set) var epsilon: Double
  /// The weight decay λ.
  public internal(set) var weightDecay: Double
  /// The parameters that decay.
  public internal(set) var decayScope: ParameterScope
  /// The parameters whose step is relative to their norm.
  public private(set) var adaptationScope: ParameterScope

  /// The paper's settings unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, an ε below the least normal `Float`, a β
  ///   outside 0 ..< 1, or a negative decay.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6,
    weightDecay: Double = 0.01, decayScope: ParameterScope = .weights, adaptationScope: ParameterScope = .weights
  ) throws(OptimizerError) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayScope = decayScope
    self.adaptationScope = adaptationScope
    try check()
  }

  public var description: String {
    "LAMB, rate \(learningRate)" + (adaptationScope == .all ? " relative to all parameters" : "")
      + description(unlike: try? LAMB())
  }

  public func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .normed }

  /// The norms of the weights and of u; updates both moments.
  public func measure<S: Scalar>(_ piece: UpdatePiece<S>) -> SquaredNorms {
    guard let weights = piece.parameters.baseAddress, let gradient = piece.gradient.baseAddress,
      let mean = piece.state(0).baseAddress, let square = piece.state(1).baseAddress
    else { return SquaredNorms() }
    let sums = S.kernelLAMBMoments(
      piece.instructionSet, direction(rate: 1, step: piece.step, for: piece.kind).kernelUpdate, piece.count, weights,
      gradient, mean, square)
    return SquaredNorms(weights: sums.weights, steps: sums.steps)
  }

  public func rule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> ElementwiseRule {
    let adapts = adaptationScope.includes(kind) && norms.weights > 0 && norms.steps > 0
    let ratio = adapts ? norms.weights.squareRoot() / norms.steps.squareRoot() : 1
    return direction(rate: learningRate * ratio, step: step, for: kind)
  }

  private func direction(rate: Double, step: Int, for kind: ParameterKind) -> ElementwiseRule {
    .lamb(
      rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, step: step,
      weightDecay: decayScope.value(weightDecay, for: kind))
  }
}

extension LAMB: Codable {
  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws {
    self = try LAMB().decoded(from: decoder)
    adaptationScope = try decoder.container(keyedBy: CodingKeys.self).value(.adaptationScope, or: adaptationScope)
  }
}
