public import BatchFoundation

/// The settings of a training that go with its batch size: found at a base batch, carried to others by a rule.
public struct TrainingRecipe: Sendable, Hashable, Codable {
  /// The optimizer, with the settings that are right for the base batch.
  @OptimizerSettings public var optimizer: any Optimizer
  /// How the rate changes on the way, but for the warm-up.
  @Coded<ScheduleCodec> public var schedule: any LearningRateSchedule
  /// The length of the warm-up; nil for none, or for one that the schedule begins with.
  public var warmUp: TrainingLength?
  /// The share of the rate that the warm-up starts with; nil for the usual one.
  ///
  /// That is the rate of the base batch, where it is the lower one (Goyal et al. 2017, §2.2), and without a rule or
  /// with LEGW 1/32 (Masters & Luschi 2018); see ``LearningRateRule/warmsUpFromBaseRate``.
  public var warmUpStart: Double?
  /// The rule.
  @Coded<LearningRateRuleCodec> public var rule: any LearningRateRule
  /// The batch size that the settings were found at; nil for whatever batch size is trained with.
  public var baseBatch: Int?

  /// A recipe; a constant rate, no warm-up and no rule unless told otherwise.
  public init(
    optimizer: any Optimizer, schedule: any LearningRateSchedule = .constant, warmUp: TrainingLength? = nil,
    warmUpStart: Double? = nil, rule: any LearningRateRule = .none, baseBatch: Int? = nil
  ) {
    self.optimizer = optimizer
    self.schedule = schedule
    self.warmUp = warmUp
    self.warmUpStart = warmUpStart
    self.rule = rule
    self.baseBatch = baseBatch
  }

  /// The optimizer and the schedule, warm-up included, for updates of `batch` examples.
  ///
  /// - Throws: ``TrainingError/plan(_:)`` where the rule does not apply to the optimizer or the batch size, or there
  ///   are two warm-ups: the recipe's, and one that the schedule begins with.
  public func settings(
    batch: Int
  ) throws(TrainingError) -> (optimizer: any Optimizer, schedule: any LearningRateSchedule) {
    if let warmUp, schedule.warmsUp {
      throw .plan(
        "there are two warm-ups, one of \(warmUp) and one that the schedule \(schedule) begins with; leave one of them "
          + "out")
    }
    do {
      let adaptive = optimizer as? any AdaptiveOptimizer
      let base = BatchDependentSettings(
        learningRate: optimizer.learningRate,
        moments: adaptive.map { .init(beta1: $0.beta1, beta2: $0.beta2, epsilon: $0.epsilon) }, warmUp: warmUp)
      let scaled = try rule.scaled(base, from: baseBatch ?? batch, to: batch)
      var schedule = schedule
      if let warmUp = scaled.warmUp {
        let usual = rule.warmsUpFromBaseRate ? min(1, optimizer.learningRate / scaled.learningRate) : 1 / 32
        schedule = try WarmUp(over: warmUp, from: warmUpStart ?? usual, then: schedule)
      }
      var optimizer = optimizer
      if let adaptive, let moments = scaled.moments { optimizer = try adaptive.with(moments) }
      optimizer.learningRate = scaled.learningRate
      return (optimizer, schedule)
    } catch let error as LearningRateRuleError {
      throw .plan(error.description)
    } catch let error as ScheduleError {
      throw .plan(error.description)
    } catch {
      throw .plan("\(error)")
    }
  }
}

extension TrainingRecipe {
  /// The warm-up in words: `none`, `5 from the base rate`, `5% from 0.03125`.
  public var warmUpText: String {
    guard let warmUp else { return "none" }
    return "\(warmUp) from \(warmUpStart.map { "\($0)" } ?? (rule.warmsUpFromBaseRate ? "the base rate" : "1/32"))"
  }

  /// The rule in words: `none`, `linear from 32`.
  public var ruleText: String { baseBatch.map { "\(rule) from \($0)" } ?? "\(rule)" }
}

extension AdaptiveOptimizer {
  /// The same optimizer with the moments that a rule gave.
  fileprivate func with(_ moments: BatchDependentSettings.Moments) throws(OptimizerError) -> any Optimizer {
    try scaled(
      learningRate: learningRate, beta1: moments.beta1, beta2: moments.beta2, epsilon: moments.epsilon)
  }
}
