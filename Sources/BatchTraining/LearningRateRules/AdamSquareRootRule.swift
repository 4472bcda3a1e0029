/// The square-root rule for optimizers with running moments, with all of their settings; `adam-sqrt` as text.
///
/// With κ = B / B₀: η → η√κ, 1 − β₁ → κ(1 − β₁), 1 − β₂ → κ(1 − β₂), ε → ε / √κ (Malladi et al. 2022, the scaling rules
/// for RMSProp and Adam). The moments then forget after the same number of examples. A β₁ of 0 says that there is no
/// first moment, as in RMSProp, and stays 0.
public struct AdamSquareRootRule: LearningRateRule, Hashable {
  /// The rule.
  public init() {}

  /// The settings for another batch size.
  ///
  /// - Throws: ``LearningRateRuleError/noMoments``, or
  ///   ``LearningRateRuleError/batchTooLarge(_:name:value:baseBatch:largest:)`` where κ(1 − β) would exceed 1, with the
  ///   largest batch for which both decays stay at 0 or above.
  public func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings {
    let ratio = try batchRatio(from: baseBatch, to: batch)
    guard let base = settings.moments else { throw .noMoments }
    var moments = base
    if base.beta1 > 0 { moments.beta1 = try scaled("beta1", base.beta1, of: base, from: baseBatch, to: batch) }
    moments.beta2 = try scaled("beta2", base.beta2, of: base, from: baseBatch, to: batch)
    moments.epsilon /= ratio.squareRoot()
    var settings = settings
    settings.learningRate *= ratio.squareRoot()
    settings.moments = moments
    return settings
  }

  private func scaled(
    _ name: String, _ beta: Double, of moments: BatchDependentSettings.Moments, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> Double {
    let result = 1 - Double(batch) / Double(baseBatch) * (1 - beta)
    // 1 - 0.99 is a little more than 0.01, and a hundred times that a little more than 1.
    guard result > -rounding else {
      // Only a beta1 of 0 is not scaled.
      let shortest = moments.beta1 > 0 ? min(moments.beta1, moments.beta2) : moments.beta2
      let largest = Int(Double(baseBatch) / (1 - shortest) * (1 + rounding))
      throw .batchTooLarge(batch, name: name, value: beta, baseBatch: baseBatch, largest: largest)
    }
    return max(0, result)
  }

  public var description: String { "adam-sqrt" }
}

private let rounding = 1e-12
