public import BatchAlgebra
public import CBatchKernels

/// A kernel's update with numbers for all that a rule may read, and operands for it.
public struct UpdateExample: Sendable, CustomStringConvertible {
  /// The rule with its numbers.
  public var update: bk_update
  /// Its name in a test's report.
  public let description: String

  /// The rules that work element by element, each with and without decay.
  public static let elementwise: [UpdateExample] = [
    (BK_SGD, "SGD"), (BK_MOMENTUM, "momentum"), (BK_NESTEROV, "Nesterov"), (BK_ADAM, "Adam"), (BK_ADAMW, "AdamW"),
    (BK_RMSPROP, "RMSProp"), (BK_RMSPROP_MOMENTUM, "RMSProp with momentum"), (BK_RMSPROP_CENTRED, "centred RMSProp"),
    (BK_RMSPROP_CENTRED_MOMENTUM, "centred RMSProp with momentum"), (BK_ADAGRAD, "Adagrad"),
  ].flatMap { rule, name in
    [0, 0.1].map { UpdateExample(rule, decay: $0, "\(name)\($0 > 0 ? " with decay" : "")") }
  }

  /// A rule with numbers for all that it may read.
  public init(_ rule: bk_rule, decay: Double, _ description: String) {
    update = bk_update()
    update.rule = rule
    update.rate = 0.01
    update.weight_decay = decay
    (update.momentum, update.share) = (0.9, 0.7)
    (update.beta1, update.beta2, update.epsilon) = (0.9, 0.99, 1e-3)
    (update.correction1, update.correction2) = (1.5, 2)
    self.description = description
  }

  /// The number of the state vector that is a mean or sum of squares; nil for a rule without.
  public var squares: Int? {
    switch update.rule {
    case BK_ADAM, BK_ADAMW, BK_LAMB: 1
    case BK_RMSPROP, BK_RMSPROP_MOMENTUM, BK_RMSPROP_CENTRED, BK_RMSPROP_CENTRED_MOMENTUM, BK_ADAGRAD: 0
    default: nil
    }
  }

  /// State vectors of `count` elements as a rule may have left them.
  ///
  /// No square or sum is negative, and none so near to the square of the mean that their difference has no digits.
  public func state<S: Scalar>(count: Int, from numbers: inout TestNumbers, as: S.Type) -> [[S]] {
    var vectors = (0..<NaiveUpdate.stateCount(update.rule)).map { _ in numbers.uniform(count: count, as: S.self) }
    if let squares { vectors[squares] = vectors[squares].map { $0.magnitude + 0.25 } }
    if update.rule == BK_RMSPROP_CENTRED || update.rule == BK_RMSPROP_CENTRED_MOMENTUM {
      vectors[1] = vectors[1].map { $0 / 10 }
    }
    return vectors
  }
}
