/// Any of this library's rules that tie the learning rate to the batch size, as text: `linear`, `saturating:200`.
///
/// | text | rule |
/// |---|---|
/// | `none` | ``NoScaling`` |
/// | `linear` | ``LinearScalingRule`` |
/// | `sqrt` | ``SquareRootRule`` |
/// | `adam-sqrt` | ``AdamSquareRootRule`` |
/// | `saturating:BATCH` | ``SaturatingRule`` with that critical batch size |
/// | `legw` | ``LEGW`` |
public struct LearningRateRuleText: LearningRateRule, TextCoded {
  /// The rule that the text means.
  public let rule: any LearningRateRule

  /// The settings as they are.
  public static let none = LearningRateRuleText(rule: NoScaling())

  private init(rule: any LearningRateRule) { self.rule = rule }

  /// Reads the text of a rule.
  ///
  /// - Throws: ``LearningRateRuleError/unreadable(text:reason:)``, or ``LearningRateRuleError/criticalBatch(_:)``.
  public init(_ text: String) throws(LearningRateRuleError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts[0], parts.count) {
    case ("none", 1): rule = NoScaling()
    case ("linear", 1): rule = LinearScalingRule()
    case ("sqrt", 1): rule = SquareRootRule()
    case ("adam-sqrt", 1): rule = AdamSquareRootRule()
    case ("legw", 1): rule = LEGW()
    case ("saturating", 2):
      guard let criticalBatch = SettingNumber.read(parts[1]) else {
        throw .unreadable(text: text, reason: "'\(parts[1])' is no critical batch size")
      }
      rule = try SaturatingRule(criticalBatch: criticalBatch)
    case ("saturating", 1): throw .unreadable(text: text, reason: "the critical batch size is missing")
    case ("none", _), ("linear", _), ("sqrt", _), ("adam-sqrt", _), ("legw", _), ("saturating", _):
      throw .unreadable(text: text, reason: "nothing is expected where '\(parts.last ?? "")' stands")
    default: throw .unreadable(text: text, reason: "'\(parts[0])' is no rule")
    }
  }

  /// Whether a warm-up starts with the rate of the base batch unless told otherwise, so that there is none at the base
  /// batch; else it starts with 1/32 of the rate, at the base batch as at any other.
  ///
  /// Without a rule there is no other rate to start with, and what LEGW scales is the base batch's own warm-up.
  public var warmsUpFromBaseRate: Bool { self != .none && !(rule is LEGW) }

  public func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings {
    try rule.scaled(settings, from: baseBatch, to: batch)
  }

  public var description: String { rule.description }

  public static func == (a: LearningRateRuleText, b: LearningRateRuleText) -> Bool { a.description == b.description }

  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
