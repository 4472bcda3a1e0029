/// A rule that carries settings found at one batch size over to another.
///
/// Rules are about the size of the batch that an update averages. They leave the number of epochs, and so the number of
/// examples that a training sees, as it is.
public protocol LearningRateRule: Sendable, CustomStringConvertible {
  /// The settings for batches of `batch` examples, given those that are right for `baseBatch`.
  ///
  /// - Throws: ``LearningRateRuleError`` for a batch size below 1, or settings to which the rule does not apply.
  func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings
}

/// The quotient κ of two batch sizes.
func batchRatio(from baseBatch: Int, to batch: Int) throws(LearningRateRuleError) -> Double {
  for size in [baseBatch, batch] where size < 1 { throw .emptyBatch(size) }
  return Double(batch) / Double(baseBatch)
}
