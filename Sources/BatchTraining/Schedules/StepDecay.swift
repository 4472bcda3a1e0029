import BatchFoundation
import Glibc

/// The rate multiplied by a factor again and again at equal distances; `step:EPOCHS:FACTOR` as text.
///
/// factor(e) = γ^⌊e / d⌋ after e epochs, as PyTorch's `StepLR`.
public struct StepDecay: LearningRateSchedule, Hashable {
  /// The distance d from one step to the next.
  public let every: TrainingLength
  /// The factor γ of a step.
  public let factor: Double

  /// A decay by `factor` after every stretch of training of one length.
  ///
  /// - Throws: ``ScheduleError`` for a length that is not above 0, or a factor outside 0 < γ ≤ 1.
  public init(every: TrainingLength, factor: Double) throws(ScheduleError) {
    try every.require("the length of a step")
    try requireDecayFactor("the factor", factor)
    self.every = every
    self.factor = factor
  }

  public func factor(at position: TrainingPosition) -> Double {
    // Steps begin at whole examples, as all lengths do: see TrainingLength.isReached.
    pow(factor, ((Double(position.examples) + 0.5) / every.exampleCount(at: position)).rounded(.down))
  }

  public var description: String { "step:\(every):\(SettingNumber.share(factor))" }
}

extension StepDecay {
  static var usage: String { "step:EPOCHS:FACTOR, as in step:30:0.1" }

  init(_ fields: inout SettingFields) throws(ScheduleError) {
    let every = try fields.length("the length of a step")
    try self.init(every: every, factor: fields.number("the factor"))
  }
}

/// The rate multiplied by a factor at each of some milestones; `multi-step:30,60,80:0.1` as text.
///
/// factor = γⁿ after n milestones, as PyTorch's `MultiStepLR`.
public struct MultiStepDecay: LearningRateSchedule, Hashable {
  /// Where the rate drops, ascending.
  public let milestones: [TrainingLength]
  /// The factor γ of a milestone.
  public let factor: Double

  /// A decay by `factor` at each milestone.
  ///
  /// - Throws: ``ScheduleError`` for milestones that are none, do not ascend, or mix epochs and shares, and for a
  ///   factor outside 0 < γ ≤ 1.
  public init(milestones: [TrainingLength], factor: Double) throws(ScheduleError) {
    try requireMilestones(milestones)
    try requireDecayFactor("the factor", factor)
    self.milestones = milestones
    self.factor = factor
  }

  public func factor(at position: TrainingPosition) -> Double {
    pow(factor, Double(milestones.count { $0.isReached(at: position) }))
  }

  public var description: String {
    "multi-step:\(milestones.map(\.description).joined(separator: ",")):\(SettingNumber.share(factor))"
  }
}

extension MultiStepDecay {
  static var usage: String { "multi-step:EPOCHS,EPOCHS,...:FACTOR, as in multi-step:30,60,80:0.1" }

  init(_ fields: inout SettingFields) throws(ScheduleError) {
    let milestones = try fields.lengths("a milestone")
    try self.init(milestones: milestones, factor: fields.number("the factor"))
  }
}
