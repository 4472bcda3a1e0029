public import CBatchKernels

/// Stochastic gradient descent with momentum, Nesterov's momentum and weight decay, as PyTorch defines them.
///
/// g ← ∇ + λw; v ← μv + g; w ← w − η·v, or with Nesterov w ← w − η·(g + μv) (Sutskever et al. 2013, §2).
public struct SGD: Optimizer, Hashable, Codable {
  /// The step size η.
  public var learningRate: Double
  /// The momentum μ.
  public let momentum: Double
  /// Whether the gradient is taken ahead, after Nesterov.
  public let nesterov: Bool
  /// The weight decay λ.
  public let weightDecay: Double

  /// Plain descent unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, a momentum outside 0 ..< 1, a negative decay, or
  ///   Nesterov without momentum.
  public init(
    learningRate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0
  ) throws(OptimizerError) {
    try requirePositive("the learning rate", learningRate)
    try requireBelowOne("the momentum", momentum)
    try requireNotNegative("the weight decay", weightDecay)
    guard !nesterov || momentum > 0 else { throw OptimizerError("Nesterov's rule needs a momentum above 0") }
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  public var description: String {
    var text = "SGD, rate \(learningRate)"
    if momentum > 0 { text += ", \(nesterov ? "Nesterov " : "")momentum \(momentum)" }
    if weightDecay > 0 { text += ", weight decay \(weightDecay)" }
    return text
  }

  public var stateCount: Int { momentum > 0 ? 1 : 0 }

  public func kernelRule(step: Int) -> bk_update? {
    var update = bk_update()
    update.rule = momentum == 0 ? BK_SGD : nesterov ? BK_NESTEROV : BK_MOMENTUM
    update.rate = learningRate
    update.momentum = momentum
    update.weight_decay = weightDecay
    return update
  }
}
