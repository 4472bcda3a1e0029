/// Adagrad: steps scaled by the sum of all squares of the gradient (Duchi, Hazan & Singer 2011), as in PyTorch.
///
/// g ← ∇ + λw; s ← s + g²; w ← w − η / (1 + (t − 1)·δ)·g / (√s + ε).
public struct Adagrad: Optimizer, Hashable {
  /// The step size η.
  public var learningRate: Double
  /// The decay δ of the rate, an update.
  public let learningRateDecay: Double
  /// What the sum of squares begins with.
  public let initialAccumulator: Double
  /// The number ε that keeps the quotient finite.
  public let epsilon: Double
  /// The weight decay λ, added to the gradient.
  public let weightDecay: Double
  /// The parameters that decay.
  public let decayScope: ParameterScope

  /// PyTorch's settings unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, an ε below the least normal `Float`, or a
  ///   decay or an initial sum that is negative.
  public init(
    learningRate: Double = 0.01, learningRateDecay: Double = 0, initialAccumulator: Double = 0, epsilon: Double = 1e-10,
    weightDecay: Double = 0, decayScope: ParameterScope = .all
  ) throws(OptimizerError) {
    try requirePositive("the learning rate", learningRate)
    try requireNotNegative("the decay of the learning rate", learningRateDecay)
    try requireNotNegative("the initial accumulator", initialAccumulator)
    try requireEpsilon(epsilon)
    try requireNotNegative("the weight decay", weightDecay)
    self.learningRate = learningRate
    self.learningRateDecay = learningRateDecay
    self.initialAccumulator = initialAccumulator
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayScope = decayScope
  }

  public var description: String {
    let usual = try? Adagrad()
    var text = "Adagrad, rate \(learningRate)"
    if learningRateDecay > 0 { text += " with decay \(learningRateDecay)" }
    if initialAccumulator > 0 { text += ", initial accumulator \(initialAccumulator)" }
    if epsilon != usual?.epsilon { text += ", epsilon \(epsilon)" }
    return text + decayScope.description(ofDecay: weightDecay)
  }

  private static let sum = ["sum"]
  public var stateNames: [String] { Self.sum }

  public func initialState(_ index: Int) -> Double { initialAccumulator }

  public func rule(step: Int, for kind: ParameterKind) -> UpdateRule {
    .elementwise(
      .adagrad(
        rate: learningRate / (1 + Double(step - 1) * learningRateDecay), epsilon: epsilon,
        weightDecay: decayScope.value(weightDecay, for: kind)))
  }
}

extension Adagrad: Codable {
  /// Reads settings; those that are left out are as in the initialiser.
  ///
  /// - Throws: ``OptimizerError`` for settings that make no sense, or what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let settings = try decoder.container(keyedBy: CodingKeys.self)
    let usual = try Adagrad()
    try self.init(
      learningRate: settings.value(.learningRate, or: usual.learningRate),
      learningRateDecay: settings.value(.learningRateDecay, or: usual.learningRateDecay),
      initialAccumulator: settings.value(.initialAccumulator, or: usual.initialAccumulator),
      epsilon: settings.value(.epsilon, or: usual.epsilon),
      weightDecay: settings.value(.weightDecay, or: usual.weightDecay),
      decayScope: settings.value(.decayScope, or: usual.decayScope))
  }
}
