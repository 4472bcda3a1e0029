/// RMSProp: steps scaled by a running mean of the gradient's square (Tieleman & Hinton 2012), as in PyTorch.
///
/// g ← ∇ + λw; s ← αs + (1 − α)g²; u = g / (√s + ε); w ← w − η·u, or with momentum v ← μv + u and w ← w − η·v. Centred
/// (Graves 2013, eq. 38 to 41), m ← αm + (1 − α)g and the root is of s − m². Where rounding makes that negative it
/// counts as 0; PyTorch's result is then not a number.
public struct RMSProp: AdaptiveOptimizer, Hashable {
  /// The step size η.
  public var learningRate: Double
  /// The decay α of the mean square.
  public let alpha: Double
  /// The number ε that keeps the quotient finite.
  public let epsilon: Double
  /// The momentum μ.
  public let momentum: Double
  /// Whether steps are scaled by the gradient's variance instead of its mean square.
  public let centred: Bool
  /// The weight decay λ, added to the gradient.
  public let weightDecay: Double
  /// The parameters that decay.
  public let decayScope: ParameterScope

  /// PyTorch's settings unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, an ε below the least normal `Float`, an α or a
  ///   momentum outside 0 ..< 1, or a negative decay.
  public init(
    learningRate: Double = 0.01, alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0,
    centred: Bool = false, weightDecay: Double = 0, decayScope: ParameterScope = .all
  ) throws(OptimizerError) {
    try requirePositive("the learning rate", learningRate)
    try requireBelowOne("alpha", alpha)
    try requireEpsilon(epsilon)
    try requireBelowOne("the momentum", momentum)
    try requireNotNegative("the weight decay", weightDecay)
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
    self.momentum = momentum
    self.centred = centred
    self.weightDecay = weightDecay
    self.decayScope = decayScope
  }

  public var description: String {
    let usual = try? RMSProp()
    var text = "\(centred ? "centred " : "")RMSProp, rate \(learningRate)"
    if alpha != usual?.alpha { text += ", alpha \(alpha)" }
    if epsilon != usual?.epsilon { text += ", epsilon \(epsilon)" }
    if momentum > 0 { text += ", momentum \(momentum)" }
    return text + decayScope.description(ofDecay: weightDecay)
  }

  private static let plain = ["square_avg"]
  private static let withMomentum = ["square_avg", "momentum_buffer"]
  private static let withMean = ["square_avg", "grad_avg"]
  private static let withBoth = ["square_avg", "grad_avg", "momentum_buffer"]

  public var stateNames: [String] {
    switch (centred, momentum > 0) {
    case (false, false): Self.plain
    case (false, true): Self.withMomentum
    case (true, false): Self.withMean
    case (true, true): Self.withBoth
    }
  }

  public func rule(step: Int, for kind: ParameterKind) -> UpdateRule {
    .elementwise(
      .rmsProp(
        rate: learningRate, alpha: alpha, epsilon: epsilon, momentum: momentum, centred: centred,
        weightDecay: decayScope.value(weightDecay, for: kind)))
  }

  /// The same optimizer with other numbers, as a change of batch size changes them.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, an ε below the least normal `Float`, or an α
  ///   outside 0 ..< 1.
  public func scaled(learningRate: Double, alpha: Double, epsilon: Double) throws(OptimizerError) -> RMSProp {
    try RMSProp(
      learningRate: learningRate, alpha: alpha, epsilon: epsilon, momentum: momentum, centred: centred,
      weightDecay: weightDecay, decayScope: decayScope)
  }

  /// 0: there is no first moment.
  public var beta1: Double { 0 }

  /// The decay α.
  public var beta2: Double { alpha }

  public func scaled(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double
  ) throws(OptimizerError) -> RMSProp {
    try scaled(learningRate: learningRate, alpha: beta2, epsilon: epsilon)
  }
}

extension RMSProp: Codable {
  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let settings = try decoder.container(keyedBy: CodingKeys.self)
    let usual = try RMSProp()
    try self.init(
      learningRate: settings.value(.learningRate, or: usual.learningRate),
      alpha: settings.value(.alpha, or: usual.alpha), epsilon: settings.value(.epsilon, or: usual.epsilon),
      momentum: settings.value(.momentum, or: usual.momentum), centred: settings.value(.centred, or: usual.centred),
      weightDecay: settings.value(.weightDecay, or: usual.weightDecay),
      decayScope: settings.value(.decayScope, or: usual.decayScope))
  }
}
