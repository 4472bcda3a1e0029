/// The learning rate in proportion to the square root of the batch size; `sqrt` as text.
///
/// η(B) = η(B₀)·√(B / B₀): the covariance of an update, η²Σ / B, stays as it is (Krizhevsky 2014; Hoffer et al. 2017).
/// For Adam and its kin see ``AdamSquareRootRule``.
public struct SquareRootRule: LearningRateRule, Hashable {
  /// The rule.
  public init() {}

  public func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings {
    var settings = settings
    settings.learningRate *= try batchRatio(from: baseBatch, to: batch).squareRoot()
    return settings
  }

  public var description: String { "sqrt" }
}
