public import CBatchKernels

/// AdamW: Adam with its weight decay apart from the moments (Loshchilov & Hutter 2019, algorithm 2), as in PyTorch.
///
/// m ← β₁m + (1 − β₁)∇; s ← β₂s + (1 − β₂)∇²; w ← w − η·(m̂ / (√ŝ + ε) + λw), with m̂ = m / (1 − β₁ᵗ) and
/// ŝ = s / (1 − β₂ᵗ). PyTorch's λ is multiplied by the rate η; the paper's is not.
public struct AdamW: AdaptiveOptimizer, Hashable {
  /// The step size η.
  public var learningRate: Double
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  /// The weight decay λ, taken off the weights beside the step.
  public let weightDecay: Double
  /// The parameters that decay.
  public let decayScope: ParameterScope

  /// PyTorch's settings unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate or ε that is not positive, a β outside 0 ..< 1, or a negative decay.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01, decayScope: ParameterScope = .all
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
    "AdamW, rate \(learningRate)" + AdamMoments(self).description(usualEpsilon: 1e-8)
      + decayScope.description(ofDecay: weightDecay)
  }

  public var stateNames: [String] { AdamMoments.stateNames }

  public func kernelRule(step: Int, for kind: ParameterKind) -> bk_update? {
    AdamMoments(self).update(
      BK_ADAMW, rate: learningRate, weightDecay: decayScope.value(weightDecay, for: kind), step: step)
  }

  public func scaled(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double
  ) throws(OptimizerError) -> AdamW {
    try AdamW(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      decayScope: decayScope)
  }
}

extension AdamW: Codable {
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
      weightDecay: settings.value(.weightDecay, or: 0.01), decayScope: settings.value(.decayScope, or: .all))
  }
}
