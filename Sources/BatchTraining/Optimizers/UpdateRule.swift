import CBatchKernels
import Glibc

/// How an optimizer updates the parameters of a kind, by what the update of an element depends on.
public enum UpdateRule: Sendable, Hashable {
  /// Its own weight, gradient and state, by a rule that the kernels know: layers apply it in their backward pass, while
  /// the gradient is in the cache.
  case elementwise(ElementwiseRule)
  /// Norms of the whole parameter, too, as in LARS and LAMB: the optimizer measures a parameter in a pass of its own,
  /// and what follows is an elementwise rule.
  case normed
  /// Anything else: the optimizer's own code.
  case custom

  /// Stops the program where a rule needs state that its optimizer has not named.
  func requireState(_ count: Int, of optimizer: any Optimizer) {
    if case .elementwise(let rule) = self { rule.requireState(count, of: optimizer) }
  }
}

/// A rule for each element on its own that the kernels know, with the numbers of one update.
///
/// In the formulas w is the weight, g its gradient and s, v, m its state. Where weights decay, g is the gradient plus λw
/// unless the rule says otherwise. State vectors come in the order in which the formulas name them.
public struct ElementwiseRule: Sendable, Hashable, BitwiseCopyable {
  enum Method: Sendable {
    case sgd, momentum, nesterov, adam, adamW, rmsProp, rmsPropMomentum, rmsPropCentred, rmsPropCentredMomentum, adagrad
    case lamb
  }

  var method: Method
  /// The step size η, by which the whole step is multiplied.
  public internal(set) var rate: Double
  /// The weight decay λ.
  public internal(set) var weightDecay: Double
  /// What the gradient is multiplied by on its way into the velocity.
  public internal(set) var share = 1.0
  var momentum = 0.0
  var beta1 = 0.0
  var beta2 = 0.0
  var epsilon = 0.0
  var correction1 = 1.0
  var correction2 = 1.0

  private init(_ method: Method, rate: Double, weightDecay: Double) {
    self.method = method
    self.rate = rate
    self.weightDecay = weightDecay
  }

  /// Plain descent: w ← w − ηg; no state.
  public static func sgd(rate: Double, weightDecay: Double = 0) -> ElementwiseRule {
    ElementwiseRule(.sgd, rate: rate, weightDecay: weightDecay)
  }

  /// Momentum μ: v ← μv + share·g; w ← w − ηv, or with Nesterov, which takes no share, w ← w − η(g + μv).
  public static func momentum(
    _ momentum: Double, rate: Double, share: Double = 1, nesterov: Bool = false, weightDecay: Double = 0
  ) -> ElementwiseRule {
    var rule = ElementwiseRule(nesterov ? .nesterov : .momentum, rate: rate, weightDecay: weightDecay)
    rule.momentum = momentum
    rule.share = share
    return rule
  }

  /// Adam: m ← β₁m + (1 − β₁)g; s ← β₂s + (1 − β₂)g²; w ← w − η·m̂ / (√ŝ + ε) with m̂ = m / (1 − β₁ᵗ) and
  /// ŝ = s / (1 − β₂ᵗ) in update number t (Kingma & Ba 2015, algorithm 1).
  public static func adam(
    rate: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int, weightDecay: Double = 0
  ) -> ElementwiseRule {
    moments(.adam, rate, beta1, beta2, epsilon, step, weightDecay)
  }

  /// AdamW: ``adam(rate:beta1:beta2:epsilon:step:weightDecay:)`` of the gradient alone, and w ← w − ηλw besides
  /// (Loshchilov & Hutter 2019, algorithm 2).
  public static func adamW(
    rate: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int, weightDecay: Double = 0
  ) -> ElementwiseRule {
    moments(.adamW, rate, beta1, beta2, epsilon, step, weightDecay)
  }

  /// LAMB's direction, w ← w − η(m̂ / (√ŝ + ε) + λw), with m and s as its measurement left them.
  static func lamb(
    rate: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int, weightDecay: Double
  ) -> ElementwiseRule {
    moments(.lamb, rate, beta1, beta2, epsilon, step, weightDecay)
  }

  private static func moments(
    _ method: Method, _ rate: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double, _ step: Int,
    _ weightDecay: Double
  ) -> ElementwiseRule {
    var rule = ElementwiseRule(method, rate: rate, weightDecay: weightDecay)
    rule.beta1 = beta1
    rule.beta2 = beta2
    rule.epsilon = epsilon
    rule.correction1 = 1 / (1 - pow(beta1, Double(step)))
    rule.correction2 = 1 / (1 - pow(beta2, Double(step)))
    return rule
  }

  /// RMSProp: s ← αs + (1 − α)g²; u = g / (√s + ε); w ← w − ηu, or with momentum v ← μv + u and w ← w − ηv.
  ///
  /// Centred, m ← αm + (1 − α)g comes second in the state, and the root is of s − m², or of 0 where rounding makes that
  /// negative (Graves 2013, eq. 38 to 41).
  public static func rmsProp(
    rate: Double, alpha: Double, epsilon: Double, momentum: Double = 0, centred: Bool = false, weightDecay: Double = 0
  ) -> ElementwiseRule {
    let method: Method =
      switch (centred, momentum > 0) {
      case (false, false): .rmsProp
      case (false, true): .rmsPropMomentum
      case (true, false): .rmsPropCentred
      case (true, true): .rmsPropCentredMomentum
      }
    var rule = ElementwiseRule(method, rate: rate, weightDecay: weightDecay)
    rule.beta2 = alpha
    rule.epsilon = epsilon
    rule.momentum = momentum
    return rule
  }

  /// Adagrad: s ← s + g²; w ← w − η·g / (√s + ε) (Duchi, Hazan & Singer 2011, in its diagonal form).
  public static func adagrad(rate: Double, epsilon: Double, weightDecay: Double = 0) -> ElementwiseRule {
    var rule = ElementwiseRule(.adagrad, rate: rate, weightDecay: weightDecay)
    rule.epsilon = epsilon
    return rule
  }

  /// The number of state vectors that the rule writes to.
  public var stateCount: Int {
    switch method {
    case .sgd: 0
    case .momentum, .nesterov, .rmsProp, .adagrad: 1
    case .adam, .adamW, .lamb, .rmsPropMomentum, .rmsPropCentred: 2
    case .rmsPropCentredMomentum: 3
    }
  }

  /// Stops the program where the rule needs more state vectors than there are.
  func requireState(_ count: Int, of optimizer: any Optimizer) {
    guard stateCount <= count else {
      fatalError("the rule of \(optimizer) needs \(stateCount) state vectors, and it has named \(count)")
    }
  }

  /// The rule as the kernels take it.
  var kernelUpdate: bk_update {
    let rule: bk_rule =
      switch method {
      case .sgd: BK_SGD
      case .momentum: BK_MOMENTUM
      case .nesterov: BK_NESTEROV
      case .adam: BK_ADAM
      case .adamW: BK_ADAMW
      case .rmsProp: BK_RMSPROP
      case .rmsPropMomentum: BK_RMSPROP_MOMENTUM
      case .rmsPropCentred: BK_RMSPROP_CENTRED
      case .rmsPropCentredMomentum: BK_RMSPROP_CENTRED_MOMENTUM
      case .adagrad: BK_ADAGRAD
      case .lamb: BK_LAMB
      }
    return bk_update(
      rule: rule, rate: rate, weight_decay: weightDecay, momentum: momentum, share: share, beta1: beta1, beta2: beta2,
      epsilon: epsilon, correction1: correction1, correction2: correction2)
  }
}

/// What a rule with norms measures of a parameter.
public struct SquaredNorms: Sendable, Hashable, BitwiseCopyable {
  /// Σ w² over the weights.
  public var weights: Double
  /// Σ u² over the steps u that the rule would take at rate 1, or over the gradient; the rule says which.
  public var steps: Double

  /// The sums.
  public init(weights: Double = 0, steps: Double = 0) {
    self.weights = weights
    self.steps = steps
  }

  /// The sums over the elements of both.
  public static func += (sum: inout SquaredNorms, part: SquaredNorms) {
    sum.weights += part.weights
    sum.steps += part.steps
  }
}
