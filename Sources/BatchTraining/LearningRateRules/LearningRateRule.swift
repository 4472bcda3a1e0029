/// A rule that carries settings found at one batch size over to another.
///
/// Rules are about the size of the batch that an update averages. They leave the number of epochs, and so the number of
/// examples that a training sees, as it is. A recipe takes any value; its description is its text form, as with a
/// ``LearningRateSchedule``.
public protocol LearningRateRule: Sendable, CustomStringConvertible {
  /// The settings for batches of `batch` examples, given those that are right for `baseBatch`.
  ///
  /// - Throws: ``LearningRateRuleError`` for a batch size below 1, or settings to which the rule does not apply; a rule
  ///   of one's own has ``LearningRateRuleError/inapplicable(_:)``.
  func scaled(
    _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
  ) throws(LearningRateRuleError) -> BatchDependentSettings

  /// Whether a warm-up starts with the rate of the base batch unless told otherwise, so that there is none at the base
  /// batch, as rules do that do not say otherwise; else it starts with 1/32 of the rate, at the base batch as at any
  /// other.
  ///
  /// Without a rule there is no other rate to start with, and what LEGW scales is the base batch's own warm-up.
  var warmsUpFromBaseRate: Bool { get }
}

extension LearningRateRule {
  public var warmsUpFromBaseRate: Bool { true }
}

/// The quotient κ of two batch sizes.
func batchRatio(from baseBatch: Int, to batch: Int) throws(LearningRateRuleError) -> Double {
  for size in [baseBatch, batch] where size < 1 { throw .emptyBatch(size) }
  return Double(batch) / Double(baseBatch)
}

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

  public var warmsUpFromBaseRate: Bool { false }

  public var description: String { "none" }
}

extension LearningRateRule where Self == NoScaling {
  /// The settings as they are.
  public static var none: NoScaling { NoScaling() }
}

/// The settings of a training that a rule changes together with the batch size.
public struct BatchDependentSettings: Sendable, Hashable {
  /// What an optimizer with running moments of the gradient adds to the rate.
  public struct Moments: Sendable, Hashable {
    /// The decay β₁ of the first moment; 0 where there is none, as in RMSProp.
    public var beta1: Double
    /// The decay β₂ of the second moment.
    public var beta2: Double
    /// The number ε that keeps the quotient finite.
    public var epsilon: Double

    /// Moments with all of their settings.
    public init(beta1: Double, beta2: Double, epsilon: Double) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
    }
  }

  /// The base learning rate η.
  public var learningRate: Double
  /// The settings of the moments; nil for an optimizer without, as stochastic gradient descent.
  public var moments: Moments?
  /// The length of the warm-up; nil for none.
  public var warmUp: TrainingLength?

  /// Settings; without moments and without a warm-up unless told otherwise.
  public init(learningRate: Double, moments: Moments? = nil, warmUp: TrainingLength? = nil) {
    self.learningRate = learningRate
    self.moments = moments
    self.warmUp = warmUp
  }
}
