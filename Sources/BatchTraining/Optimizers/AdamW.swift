/// AdamW: Adam with its weight decay apart from the moments (Loshchilov & Hutter 2019, algorithm 2), as in PyTorch.
///
/// m ← β₁m + (1 − β₁)∇; s ← β₂s + (1 − β₂)∇²; w ← w − η·(m̂ / (√ŝ + ε) + λw), with m̂ = m / (1 − β₁ᵗ) and
/// ŝ = s / (1 − β₂ᵗ). PyTorch's λ is multiplied by the rate η; the paper's is not.
public struct AdamW: AdaptiveOptimizer, AdamRelative, Hashable {
  /// The step size η.
  public var learningRate: Double
  public internal(set) var beta1: Double
  public internal(set) var beta2: Double
  public internal(set) var epsilon: Double
  /// The weight decay λ, taken off the weights beside the step.
  public internal(set) var weightDecay: Double
  /// The parameters that decay.
  public internal(set) var decayScope: ParameterScope

  /// PyTorch's settings unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, an ε below the least normal `Float`, a β
  ///   outside 0 ..< 1, or a negative decay.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01, decayScope: ParameterScope = .all
  ) throws(OptimizerError) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayScope = decayScope
    try check()
  }

  public var description: String {
    "AdamW, rate \(learningRate)" + description(unlike: try? AdamW())
  }

  public func rule(step: Int, for kind: ParameterKind) -> UpdateRule {
    .elementwise(
      .adamW(
        rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, step: step,
        weightDecay: decayScope.value(weightDecay, for: kind)))
  }
}

extension AdamW: Codable {
  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws { self = try AdamW().decoded(from: decoder) }
}
