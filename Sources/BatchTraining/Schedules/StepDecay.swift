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
