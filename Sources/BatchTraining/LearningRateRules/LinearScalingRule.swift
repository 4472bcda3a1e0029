/// The learning rate in proportion to the batch size; `linear` as text.
///
/// η(B) = η(B₀)·B / B₀ (Goyal et al. 2017, §2.1; Krizhevsky 2014). The loss being a mean over the batch, η / B is the
/// mean update that a training example causes, and the rule keeps it as it is (Masters & Luschi 2018).
public struct LinearScalingRule: LearningRateRule, Hashable {
  /// The rule.
  public init() {}

  public func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings {
    var settings = settings
    settings.learningRate *= try batchRatio(from: baseBatch, to: batch)
    return settings
  }

  public var description: String { "linear" }
}
