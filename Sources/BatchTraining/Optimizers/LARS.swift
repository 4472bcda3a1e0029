/// LARS: momentum with a rate for each parameter by the norms of its weights and gradient (You, Gitman & Ginsburg 2017,
/// algorithm 1).
///
/// v ← μv + ηρ·(∇ + λw); w ← w − v, with ρ = θ·|w| / (|∇| + λ|w|) over a whole parameter. ρ is 1 where one of the norms
/// is 0, and for parameters outside ``adaptationScope``: biases and what scales or shifts a normalised signal, unless
/// told otherwise. The rate is inside the velocity, as in the paper: after a change of rate earlier steps keep theirs.
public struct LARS: Optimizer, Hashable {
  /// The global rate η.
  public var learningRate: Double
  /// The momentum μ.
  public let momentum: Double
  /// The trust coefficient θ: how far a step goes relative to the weights, at rate 1.
  public let trustCoefficient: Double
  /// The weight decay λ.
  public let weightDecay: Double
  /// The parameters that decay.
  public let decayScope: ParameterScope
  /// The parameters that have a rate of their own.
  public let adaptationScope: ParameterScope

  /// The paper's trust coefficient and momentum, without decay, unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate or a trust coefficient that is not positive, a momentum outside 0 ..< 1,
  ///   or a negative decay.
  public init(
    learningRate: Double, momentum: Double = 0.9, trustCoefficient: Double = 0.001, weightDecay: Double = 0,
    decayScope: ParameterScope = .weights, adaptationScope: ParameterScope = .weights
  ) throws(OptimizerError) {
    try requirePositive("the learning rate", learningRate)
    try requireBelowOne("the momentum", momentum)
    try requirePositive("the trust coefficient", trustCoefficient)
    try requireNotNegative("the weight decay", weightDecay)
    self.learningRate = learningRate
    self.momentum = momentum
    self.trustCoefficient = trustCoefficient
    self.weightDecay = weightDecay
    self.decayScope = decayScope
    self.adaptationScope = adaptationScope
  }

  public var description: String {
    var text = "LARS, rate \(learningRate), trust coefficient \(trustCoefficient)"
    if adaptationScope == .all { text += " for all parameters" }
    if momentum > 0 { text += ", momentum \(momentum)" }
    return text + decayScope.description(ofDecay: weightDecay)
  }

  private static let velocity = ["momentum_buffer"]
  public var stateNames: [String] { momentum > 0 ? Self.velocity : [] }

  public func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .normed }

  public func rule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> ElementwiseRule {
    let decay = decayScope.value(weightDecay, for: kind)
    let (weights, gradient) = (norms.weights.squareRoot(), norms.steps.squareRoot())
    let adapts = adaptationScope.includes(kind) && weights > 0 && gradient > 0
    let rate = learningRate * (adapts ? trustCoefficient * weights / (gradient + decay * weights) : 1)
    guard momentum > 0 else { return .sgd(rate: rate, weightDecay: decay) }
    // The rate is inside the velocity.
    return .momentum(momentum, rate: 1, share: rate, weightDecay: decay)
  }
}

extension LARS: Codable {
  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let settings = try decoder.container(keyedBy: CodingKeys.self)
    let usual = try LARS(learningRate: settings.decode(Double.self, forKey: .learningRate))
    try self.init(
      learningRate: usual.learningRate, momentum: settings.value(.momentum, or: usual.momentum),
      trustCoefficient: settings.value(.trustCoefficient, or: usual.trustCoefficient),
      weightDecay: settings.value(.weightDecay, or: usual.weightDecay),
      decayScope: settings.value(.decayScope, or: usual.decayScope),
      adaptationScope: settings.value(.adaptationScope, or: usual.adaptationScope))
  }
}
