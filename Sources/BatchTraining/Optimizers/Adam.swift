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

  public func rule(step: Int, for kind: ParameterKind) -> UpdateRule {
    .elementwise(
      .adam(
        rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, step: step,
        weightDecay: decayScope.value(weightDecay, for: kind)))
  }
}

extension Adam: Codable {
  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws { self = try Adam().decoded(from: decoder) }
}

/// Adam or a relative: two running moments, corrected for their start at zero (Kingma & Ba 2015, §3), and a decay.
protocol AdamRelative: AdaptiveOptimizer {
  var beta1: Double { get set }
  var beta2: Double { get set }
  var epsilon: Double { get set }
  var weightDecay: Double { get set }
  var decayScope: ParameterScope { get set }
}

private let momentNames = ["exp_avg", "exp_avg_sq"]

extension AdamRelative {
  public var stateNames: [String] { momentNames }

  public func scaled(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double
  ) throws(OptimizerError) -> Self {
    var scaled = self
    scaled.learningRate = learningRate
    (scaled.beta1, scaled.beta2, scaled.epsilon) = (beta1, beta2, epsilon)
    try scaled.check()
    return scaled
  }

  /// Throws unless the settings make sense.
  func check() throws(OptimizerError) {
    try requirePositive("the learning rate", learningRate)
    try requireBelowOne("beta1", beta1)
    try requireBelowOne("beta2", beta2)
    try requireEpsilon(epsilon)
    try requireNotNegative("the weight decay", weightDecay)
  }

  /// What a description says after the rate: moments that are not as usual, and the decay.
  func description(unlike usual: Self?) -> String {
    (beta1 != usual?.beta1 || beta2 != usual?.beta2 ? ", betas \(beta1) and \(beta2)" : "")
      + (epsilon != usual?.epsilon ? ", epsilon \(epsilon)" : "") + decayScope.description(ofDecay: weightDecay)
  }

  /// The optimizer with the settings that are stored; those that are left out stay as they are.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  func decoded(from decoder: any Decoder) throws -> Self {
    let settings = try decoder.container(keyedBy: AdamKey.self)
    var decoded = self
    decoded.learningRate = try settings.value(.learningRate, or: learningRate)
    decoded.beta1 = try settings.value(.beta1, or: beta1)
    decoded.beta2 = try settings.value(.beta2, or: beta2)
    decoded.epsilon = try settings.value(.epsilon, or: epsilon)
    decoded.weightDecay = try settings.value(.weightDecay, or: weightDecay)
    decoded.decayScope = try settings.value(.decayScope, or: decayScope)
    try decoded.check()
    return decoded
  }
}

/// What the settings that all relatives have are called in a file: as the properties that are encoded.
private enum AdamKey: String, CodingKey {
  case learningRate, beta1, beta2, epsilon, weightDecay, decayScope
}
