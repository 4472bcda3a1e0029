import Glibc

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
