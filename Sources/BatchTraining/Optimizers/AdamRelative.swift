import CBatchKernels
import Glibc

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

  /// The rule with the numbers of update number `step`.
  func update(_ rule: bk_rule, rate: Double, step: Int, for kind: ParameterKind) -> bk_update {
    var update = bk_update()
    update.rule = rule
    update.rate = rate
    update.weight_decay = decayScope.value(weightDecay, for: kind)
    update.beta1 = beta1
    update.beta2 = beta2
    update.epsilon = epsilon
    update.correction1 = 1 / (1 - pow(beta1, Double(step)))
    update.correction2 = 1 / (1 - pow(beta2, Double(step)))
    return update
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
