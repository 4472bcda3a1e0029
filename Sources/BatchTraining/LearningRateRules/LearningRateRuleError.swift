public import BatchFoundation

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
    }
  }
}
