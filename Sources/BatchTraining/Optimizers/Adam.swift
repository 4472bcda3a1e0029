public import CBatchKernels

/// Adam: steps scaled by running moments of the gradient (Kingma & Ba 2015, algorithm 1), as PyTorch defines it.
///
/// g ← ∇ + λw; m ← β₁m + (1 − β₁)g; s ← β₂s + (1 − β₂)g²; w ← w − η·m̂ / (√ŝ + ε), with m̂ = m / (1 − β₁ᵗ) and
/// ŝ = s / (1 − β₂ᵗ).
public struct Adam: AdaptiveOptimizer, Hashable {
  /// The step size η.
  public var learningRate: Double
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  /// The weight decay λ, added to the gradient.
  public let weightDecay: Double
  /// The parameters that decay.
  public let decayScope: ParameterScope

  /// The paper's settings unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate or ε that is not positive, a β outside 0 ..< 1, or a negative decay.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, decayScope: ParameterScope = .all
  ) throws(OptimizerError) {
    try requirePositive("the learning rate", learningRate)
    _ = try AdamMoments(beta1: beta1, beta2: beta2, epsilon: epsilon)
    try requireNotNegative("the weight decay", weightDecay)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayScope = decayScope
  }

  public var description: String {
    "Adam, rate \(learningRate)" + AdamMoments(self).description(usualEpsilon: 1e-8)
      + decayScope.description(ofDecay: weightDecay)
  }

  public var stateNames: [String] { AdamMoments.stateNames }

  public func kernelRule(step: Int, for kind: ParameterKind) -> bk_update? {
    AdamMoments(self).update(
      BK_ADAM, rate: learningRate, weightDecay: decayScope.value(weightDecay, for: kind), step: step)
  }

  public func scaled(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double
  ) throws(OptimizerError) -> Adam {
    try Adam(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      decayScope: decayScope)
  }
}

extension Adam: Codable {
  private enum CodingKeys: String, CodingKey {
    case learningRate, beta1, beta2, epsilon, weightDecay, decayScope
  }

  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let settings = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      learningRate: settings.value(.learningRate, or: 0.001), beta1: settings.value(.beta1, or: 0.9),
      beta2: settings.value(.beta2, or: 0.999), epsilon: settings.value(.epsilon, or: 1e-8),
      weightDecay: settings.value(.weightDecay, or: 0), decayScope: settings.value(.decayScope, or: .all))
  }
}
