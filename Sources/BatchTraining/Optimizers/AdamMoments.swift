import CBatchKernels
import Glibc

/// What Adam's relatives share: two running moments, and the corrections of their start at zero (Kingma & Ba 2015, §3).
struct AdamMoments {
  static let stateNames = ["exp_avg", "exp_avg_sq"]

  let beta1: Double
  let beta2: Double
  let epsilon: Double

  init(beta1: Double, beta2: Double, epsilon: Double) throws(OptimizerError) {
    try requireBelowOne("beta1", beta1)
    try requireBelowOne("beta2", beta2)
    try requirePositive("epsilon", epsilon)
    self.init(trusted: beta1, beta2, epsilon)
  }

  /// The moments of an optimizer that there is.
  init(_ optimizer: some AdaptiveOptimizer) { self.init(trusted: optimizer.beta1, optimizer.beta2, optimizer.epsilon) }

  private init(trusted beta1: Double, _ beta2: Double, _ epsilon: Double) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// A rule with the numbers of update number `step`.
  func update(_ rule: bk_rule, rate: Double, weightDecay: Double, step: Int) -> bk_update {
    var update = bk_update()
    update.rule = rule
    update.rate = rate
    update.weight_decay = weightDecay
    update.beta1 = beta1
    update.beta2 = beta2
    update.epsilon = epsilon
    update.correction1 = 1 / (1 - pow(beta1, Double(step)))
    update.correction2 = 1 / (1 - pow(beta2, Double(step)))
    return update
  }

  /// What a description says beside the rate, where it is not as usual.
  func description(usualEpsilon: Double) -> String {
    (beta1 != 0.9 || beta2 != 0.999 ? ", betas \(beta1) and \(beta2)" : "")
      + (epsilon != usualEpsilon ? ", epsilon \(epsilon)" : "")
  }
}
