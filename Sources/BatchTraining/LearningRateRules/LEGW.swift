/// The square-root rule with a warm-up whose epochs grow as the batch does (linear-epoch gradual warm-up); `legw` as
/// text.
///
/// η(B) = η(B₀)·√(B / B₀), and a warm-up of B / B₀ times as many epochs, which is the same number of updates (You et
/// al. 2019, arXiv 1901.08256). The base batch has its warm-up, too. In a ``TrainingRecipe`` it starts with 1/32 of the
/// rate unless told otherwise; that of the authors starts with nothing.
public struct LEGW: LearningRateRule, Hashable {
  /// The rule.
  public init() {}

  /// The settings for another batch size.
  ///
  /// - Throws: ``LearningRateRuleError/noWarmUp``, or ``LearningRateRuleError/warmUpTooLong(batch:percent:largest:)``
  ///   where a warm-up given as a share of training would exceed all of it.
  public func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings {
    let ratio = try batchRatio(from: baseBatch, to: batch)
    var settings = settings
    settings.learningRate *= ratio.squareRoot()
    switch settings.warmUp {
    case nil: throw .noWarmUp
    case .epochs(let count): settings.warmUp = .epochs(count * ratio)
    case .percent(let hundredths):
      guard hundredths * ratio <= 100 else {
        throw .warmUpTooLong(
          batch: batch, percent: hundredths * ratio, largest: Int(Double(baseBatch) * 100 / hundredths))
      }
      settings.warmUp = .percent(hundredths * ratio)
    }
    return settings
  }

  public var warmsUpFromBaseRate: Bool { false }

  public var description: String { "legw" }
}
