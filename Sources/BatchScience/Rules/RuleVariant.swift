public import BatchTraining

/// One way of carrying the learning rate from the base batch to others: a rule, with or without a warm-up.
public struct RuleVariant: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The rule.
  public var rule: LearningRateRuleText
  /// Whether training begins with a warm-up.
  public var warmsUp: Bool

  /// A rule with or without a warm-up.
  public init(rule: LearningRateRuleText, warmsUp: Bool) {
    self.rule = rule
    self.warmsUp = warmsUp
  }

  /// What the others are held against: the rate as it is, without a warm-up.
  public static let reference = RuleVariant(rule: .none, warmsUp: false)

  /// The name of the variant's folder: `linear-warm-up`, `saturating-96`.
  public var folderName: String { "\(rule)".replacing(":", with: "-") + (warmsUp ? "-warm-up" : "") }

  /// `linear, warm-up` or `linear`.
  public var description: String { "\(rule)" + (warmsUp ? ", warm-up" : "") }

  /// Whether the variant trains at the base batch as ``reference`` does.
  ///
  /// A rule keeps the settings of the base batch, and a warm-up under most rules begins there with the rate itself.
  /// Without a rule or with LEGW a warm-up begins with 1/32 of the rate, at the base batch as at any other.
  public var sharesBase: Bool { self != .reference && (!warmsUp || rule.warmsUpFromBaseRate) }
}
