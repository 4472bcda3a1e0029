public import CBatchKernels

/// An optimizer in Double, one weight at a time and in the formulas' own order, by the rules of `bk_update.h`.
public struct NaiveUpdate {
  /// The weights.
  public var weights: [Double]
  /// The state vectors.
  public var state: [[Double]]

  /// An optimizer that has come as far as this.
  public init(weights: [Double], state: [[Double]]) {
    self.weights = weights
    self.state = state
  }

  /// The number of state vectors of a rule.
  public static func stateCount(_ rule: bk_rule) -> Int {
    switch rule {
    case BK_SGD: 0
    case BK_MOMENTUM, BK_NESTEROV, BK_RMSPROP, BK_ADAGRAD: 1
    case BK_RMSPROP_CENTRED_MOMENTUM: 3
    default: 2
    }
  }

  /// One update by a rule that is not LAMB's.
  public mutating func step(_ u: bk_update, _ gradient: [Double]) {
    for i in weights.indices {
      let w = weights[i]
      let g = gradient[i] + (u.rule == BK_ADAMW ? 0 : u.weight_decay * w)
      let step = direction(u, i, g) + (u.rule == BK_ADAMW ? u.weight_decay * w : 0)
      weights[i] = w - u.rate * step
    }
  }

  /// One update by LAMB's rule, whose rate is multiplied by |w| / |u|; returns Σ w² and Σ u².
  public mutating func lambStep(_ u: bk_update, _ gradient: [Double]) -> (weights: Double, steps: Double) {
    let steps = weights.indices.map { direction(u, $0, gradient[$0]) + u.weight_decay * weights[$0] }
    let sums = (weights: weights.reduce(0) { $0 + $1 * $1 }, steps: steps.reduce(0) { $0 + $1 * $1 })
    let ratio = sums.weights > 0 && sums.steps > 0 ? (sums.weights / sums.steps).squareRoot() : 1
    for i in weights.indices { weights[i] -= u.rate * ratio * steps[i] }
    return sums
  }

  private mutating func direction(_ u: bk_update, _ i: Int, _ g: Double) -> Double {
    switch u.rule {
    case BK_MOMENTUM, BK_NESTEROV:
      state[0][i] = u.momentum * state[0][i] + (u.rule == BK_NESTEROV ? 1 : u.share) * g
      return u.rule == BK_NESTEROV ? g + u.momentum * state[0][i] : state[0][i]
    case BK_ADAM, BK_ADAMW, BK_LAMB:
      state[0][i] = u.beta1 * state[0][i] + (1 - u.beta1) * g
      state[1][i] = u.beta2 * state[1][i] + (1 - u.beta2) * g * g
      return state[0][i] * u.correction1 / ((state[1][i] * u.correction2).squareRoot() + u.epsilon)
    case BK_RMSPROP, BK_RMSPROP_MOMENTUM:
      state[0][i] = u.beta2 * state[0][i] + (1 - u.beta2) * g * g
      let step = g / (state[0][i].squareRoot() + u.epsilon)
      return u.rule == BK_RMSPROP ? step : accelerated(1, u, i, step)
    case BK_RMSPROP_CENTRED, BK_RMSPROP_CENTRED_MOMENTUM:
      state[0][i] = u.beta2 * state[0][i] + (1 - u.beta2) * g * g
      state[1][i] = u.beta2 * state[1][i] + (1 - u.beta2) * g
      let variance = max(0, state[0][i] - state[1][i] * state[1][i])
      let step = g / (variance.squareRoot() + u.epsilon)
      return u.rule == BK_RMSPROP_CENTRED ? step : accelerated(2, u, i, step)
    case BK_ADAGRAD:
      state[0][i] += g * g
      return g / (state[0][i].squareRoot() + u.epsilon)
    default: return g
    }
  }

  private mutating func accelerated(_ vector: Int, _ u: bk_update, _ i: Int, _ step: Double) -> Double {
    state[vector][i] = u.momentum * state[vector][i] + step
    return state[vector][i]
  }
}
