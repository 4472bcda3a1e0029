/// The same settings at every batch size; `none` as text.
///
/// η(B) = η(B₀). What the other rules are held against: Keskar et al. (2017) compared small and large batches so.
public struct NoScaling: LearningRateRule, Hashable {
  /// The rule that changes nothing.
  public init() {}

  public func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings {
    _ = try batchRatio(from: baseBatch, to: batch)
    return settings
  }

  public var description: String { "none" }
}
