public import CBatchKernels
import Glibc

/// Adam: steps scaled by running moments of the gradient (Kingma & Ba 2015, algorithm 1), as PyTorch defines it.
///
/// g ← ∇ + λw; m ← β₁m + (1 − β₁)g; s ← β₂s + (1 − β₂)g²; w ← w − η·m̂ / (√ŝ + ε), with m̂ = m / (1 − β₁ᵗ) and
/// ŝ = s / (1 − β₂ᵗ).
public struct Adam: Optimizer, Hashable, Codable {
  /// The step size η.
  public var learningRate: Double
  /// The decay β₁ of the first moment.
  public let beta1: Double
  /// The decay β₂ of the second moment.
  public let beta2: Double
  /// The number ε that keeps the quotient finite.
  public let epsilon: Double
  /// The weight decay λ, added to the gradient.
  public let weightDecay: Double

  /// The paper's settings unless told otherwise.
  ///
  /// - Throws: ``OptimizerError`` for a rate or ε that is not positive, a β outside 0 ..< 1, or a negative decay.
  public init(
    learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) throws(OptimizerError) {
    try requirePositive("the learning rate", learningRate)
    try requireBelowOne("beta1", beta1)
    try requireBelowOne("beta2", beta2)
    try requirePositive("epsilon", epsilon)
    try requireNotNegative("the weight decay", weightDecay)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public var description: String {
    var text = "Adam, rate \(learningRate)"
    if beta1 != 0.9 || beta2 != 0.999 { text += ", betas \(beta1) and \(beta2)" }
    if epsilon != 1e-8 { text += ", epsilon \(epsilon)" }
    if weightDecay > 0 { text += ", weight decay \(weightDecay)" }
    return text
  }

  public var stateCount: Int { 2 }

  public func kernelRule(step: Int) -> bk_update? {
    var update = bk_update()
    update.rule = BK_ADAM
    update.rate = learningRate
    update.beta1 = beta1
    update.beta2 = beta2
    update.epsilon = epsilon
    update.weight_decay = weightDecay
    update.correction1 = 1 / (1 - pow(beta1, Double(step)))
    update.correction2 = 1 / (1 - pow(beta2, Double(step)))
    return update
  }
}
