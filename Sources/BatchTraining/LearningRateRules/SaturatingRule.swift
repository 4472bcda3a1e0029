import BatchFoundation

/// A learning rate that grows with the batch size up to a critical size, and hardly beyond it; `saturating:BATCH` as
/// text.
///
/// The best step along a noisy gradient is η(B) = η_max / (1 + B_c / B), with the critical batch B_c, which McCandlish
/// et al. (2018, §2.2) call the noise scale. η_max follows from the base: η(B) = η(B₀)·(1 + B_c / B₀) / (1 + B_c / B).
/// Far below B_c this is ``LinearScalingRule``, far above it ``NoScaling``.
public struct SaturatingRule: LearningRateRule, Hashable {
  /// The critical batch size B_c.
  public let criticalBatch: Double

  /// The rule for a critical batch size.
  ///
  /// - Throws: ``LearningRateRuleError/criticalBatch(_:)`` for a size that is not positive.
  public init(criticalBatch: Double) throws(LearningRateRuleError) {
    guard criticalBatch > 0, criticalBatch.isFinite else { throw .criticalBatch(criticalBatch) }
    self.criticalBatch = criticalBatch
  }

  public func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings {
    _ = try batchRatio(from: baseBatch, to: batch)
    var settings = settings
    settings.learningRate *= (1 + criticalBatch / Double(baseBatch)) / (1 + criticalBatch / Double(batch))
    return settings
  }

  public var description: String { "saturating:\(SettingNumber.plain(criticalBatch))" }
}
