/// Stochastic gradient descent with momentum, dampening, Nesterov's momentum and weight decay, as PyTorch defines them.
///
/// g ← ∇ + λw; v ← μv + (1 − τ)g, in the first update v ← g; w ← w − η·v, or with Nesterov w ← w − η·(g + μv)
/// (Sutskever et al. 2013, §2).
public struct SGD: Optimizer, Hashable {
  /// The step size η.
  public var learningRate: Double
  /// The momentum μ.
  public let momentum: Double
  /// The share τ of the gradient that the velocity leaves out.
  public let dampening: Double
  /// Whether the gradient is taken ahead, after Nesterov.
  public let nesterov: Bool
  /// The weight decay λ.
  public let weightDecay: Double
  /// The parameters that decay.
  public let decayScope: ParameterScope

  /// Plain descent unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, a momentum or a dampening outside 0 ..< 1, a
  ///   negative decay, or Nesterov without momentum or with dampening.
  public init(
    learningRate: Double, momentum: Double = 0, dampening: Double = 0, nesterov: Bool = false, weightDecay: Double = 0,
    decayScope: ParameterScope = .all
  ) throws(OptimizerError) {
    try requirePositive("the learning rate", learningRate)
    try requireBelowOne("the momentum", momentum)
    try requireBelowOne("the dampening", dampening)
    try requireNotNegative("the weight decay", weightDecay)
    guard !nesterov || momentum > 0 else { throw OptimizerError("Nesterov's rule needs a momentum above 0") }
    guard !nesterov || dampening == 0 else {
      throw OptimizerError("Nesterov's rule has no dampening: it must be 0, not \(dampening)")
    }
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.decayScope = decayScope
  }

  public var description: String {
    var text = "SGD, rate \(learningRate)"
    if momentum > 0 { text += ", \(nesterov ? "Nesterov " : "")momentum \(momentum)" }
    if dampening > 0 { text += ", dampening \(dampening)" }
    return text + decayScope.description(ofDecay: weightDecay)
  }

  private static let velocity = ["momentum_buffer"]
  public var stateNames: [String] { momentum > 0 ? Self.velocity : [] }

  public func rule(step: Int, for kind: ParameterKind) -> UpdateRule {
    let decay = decayScope.value(weightDecay, for: kind)
    guard momentum > 0 else { return .elementwise(.sgd(rate: learningRate, weightDecay: decay)) }
    return .elementwise(
      // The first velocity is the whole gradient: torch.optim.SGD makes its buffer a copy of it.
      .momentum(
        momentum, rate: learningRate, share: step == 1 ? 1 : 1 - dampening, nesterov: nesterov, weightDecay: decay))
  }
}

extension SGD: Codable {
  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let settings = try decoder.container(keyedBy: CodingKeys.self)
    let usual = try SGD(learningRate: settings.decode(Double.self, forKey: .learningRate))
    try self.init(
      learningRate: usual.learningRate, momentum: settings.value(.momentum, or: usual.momentum),
      dampening: settings.value(.dampening, or: usual.dampening),
      nesterov: settings.value(.nesterov, or: usual.nesterov),
      weightDecay: settings.value(.weightDecay, or: usual.weightDecay),
      decayScope: settings.value(.decayScope, or: usual.decayScope))
  }
}
