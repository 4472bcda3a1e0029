public import CBatchKernels

/// Adam: steps scaled by running moments of the gradient (Kingma & Ba 2015, algorithm 1), as PyTorch defines it.
///
/// g ← ∇ + λw; m ← β₁m + (1 − β₁)g; s ← β₂s + (1 − β₂)g²; w ← w − η·m̂ / (√ŝ + ε), with m̂ = m / (1 − β₁ᵗ) and
/// ŝ = s / (1 − β₂ᵗ).
public struct Adam: AdaptiveOptimizer, AdamRelative, Hashable {
  /// The step size η.
  public var learningRate: Double
  public internal(set) var beta1: Double
  public internal(set) var beta2: Double
  public internal(set) var epsilon: Double
  /// The weight decay λ, added to the gradient.
  public internal(set) var weightDecay: Double
  /// The parameters that decay.
  public internal(set) var decayScope: ParameterScope

  /// The paper's settings unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, an ε below the least normal `Float`, a β
  ///   outside 0 ..< 1, or a negative decay.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, decayScope: ParameterScope = .all
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
    "Adam, rate \(learningRate)" + description(unlike: try? Adam())
  }

  public func kernelRule(step: Int, for kind: ParameterKind) -> bk_update? {
    update(BK_ADAM, rate: learningRate, step: step, for: kind)
  }
}

extension Adam: Codable {
  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws { self = try Adam().decoded(from: decoder) }
}
