public import BatchFoundation

/// This library's rules that tie the learning rate to the batch size as text: `linear`, `saturating:200`.
///
/// | text | rule |
/// |---|---|
/// | `none` | ``NoScaling`` |
/// | `linear` | ``LinearScalingRule`` |
/// | `sqrt` | ``SquareRootRule`` |
/// | `adam-sqrt` | ``AdamSquareRootRule`` |
/// | `saturating:BATCH` | ``SaturatingRule`` with that critical batch size |
/// | `legw` | ``LEGW`` |
public enum LearningRateRuleCodec: TextCodec {
  private static let names = ["none", "linear", "sqrt", "adam-sqrt", "saturating", "legw"]

  public static func text(_ rule: any LearningRateRule) -> String { rule.description }

  /// Reads the text of a rule.
  ///
  /// - Throws: ``LearningRateRuleError/unreadable(text:reason:)``, or ``LearningRateRuleError/criticalBatch(_:)``.
  public static func read(_ text: String) throws(LearningRateRuleError) -> any LearningRateRule {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts[0], parts.count) {
    case ("none", 1): return NoScaling()
    case ("linear", 1): return LinearScalingRule()
    case ("sqrt", 1): return SquareRootRule()
    case ("adam-sqrt", 1): return AdamSquareRootRule()
    case ("legw", 1): return LEGW()
    case ("saturating", 2):
      guard let criticalBatch = SettingNumber.read(parts[1]) else {
        throw .unreadable(text: text, reason: "'\(parts[1])' is no critical batch size")
      }
      return try SaturatingRule(criticalBatch: criticalBatch)
    case ("saturating", 1): throw .unreadable(text: text, reason: "the critical batch size is missing")
    case ("none", _), ("linear", _), ("sqrt", _), ("adam-sqrt", _), ("legw", _), ("saturating", _):
      throw .unreadable(text: text, reason: "nothing is expected where '\(parts.last ?? "")' stands")
    default: throw .unreadable(text: text, reason: "'\(parts[0])' is no rule")
    }
  }

  public static func unknown(_ text: String) -> (any LearningRateRule)? {
    let name = text.prefix { $0 != ":" }
    return name.isEmpty || names.contains(String(name)) ? nil : UnknownValue(text)
  }
}

extension UnknownValue: LearningRateRule {
  public func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings {
    throw .inapplicable(refusal("rule"))
  }
}

/// A rule that cannot be read, or does not apply to the settings it is given.
public enum LearningRateRuleError: DiagnosticError, Equatable {
  /// The text is not understood.
  case unreadable(text: String, reason: String)
  /// The critical batch size of a saturating rule is not a positive number.
  case criticalBatch(Double)
  /// A batch has fewer examples than one.
  case emptyBatch(Int)
  /// The square-root rule for Adam would carry a decay, such as "beta2", below 0.
  case batchTooLarge(Int, name: String, value: Double, baseBatch: Int, largest: Int)
  /// The square-root rule for Adam is asked for with an optimizer that has no moments.
  case noMoments
  /// LEGW is asked for without a warm-up to scale.
  case noWarmUp
  /// LEGW would carry a warm-up beyond the end of training.
  case warmUpTooLong(batch: Int, percent: Double, largest: Int)
  /// A rule of one's own does not apply: why, and what to do.
  case inapplicable(String)

  public var diagnosis: Diagnosis {
    switch self {
    case .unreadable(let text, let reason):
      Diagnosis(
        .usage, "cannot read '\(text)': \(reason)",
        hint: "write one of none, linear, sqrt, adam-sqrt, saturating:BATCH, legw")
    case .criticalBatch(let value):
      Diagnosis(.usage, "the critical batch size must be a positive number, not \(SettingNumber.plain(value))")
    case .emptyBatch(let size): Diagnosis(.usage, "a batch must have at least 1 example, not \(size)")
    case .batchTooLarge(let batch, let name, let value, let baseBatch, let largest):
      Diagnosis(
        .usage,
        "batch \(batch) is too large for the square-root rule for Adam: \(name) is \(SettingNumber.plain(value)) at "
          + "batch \(baseBatch) and would fall below 0", hint: "take a batch of at most \(largest)")
    case .noMoments:
      Diagnosis(
        .usage, "the square-root rule for Adam needs an optimizer with moments, such as Adam or RMSProp",
        hint: "take sqrt for another")
    case .noWarmUp:
      Diagnosis(.usage, "LEGW scales the warm-up of the base batch", hint: "give one, such as 0.5 epochs")
    case .warmUpTooLong(let batch, let percent, let largest):
      Diagnosis(
        .usage, "LEGW would warm up for \(SettingNumber.plain(percent))% of the training at batch \(batch)",
        hint: "take a batch of at most \(largest) or a shorter warm-up")
    case .inapplicable(let reason): Diagnosis(.usage, reason)
    }
  }
}
