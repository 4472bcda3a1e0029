import BatchFoundation
import Glibc

/// The rate multiplied by a factor in each epoch, little by little; `exponential:FACTOR` as text.
///
/// factor(e) = γᵉ after e epochs, fractions included; at whole epochs it is what PyTorch's `ExponentialLR` gives.
public struct ExponentialDecay: LearningRateSchedule, Hashable {
  /// The factor γ of an epoch.
  public let factor: Double

  /// A decay by `factor` an epoch.
  ///
  /// - Throws: ``ScheduleError`` for a factor outside 0 < γ ≤ 1.
  public init(factor: Double) throws(ScheduleError) {
    try requireDecayFactor("the factor", factor)
    self.factor = factor
  }

  public func factor(at position: TrainingPosition) -> Double { pow(factor, position.epoch) }

  public var description: String { "exponential:\(SettingNumber.share(factor))" }
}

extension ExponentialDecay {
  static var usage: String { "exponential:FACTOR, the factor of an epoch, as in exponential:0.95" }

  init(_ fields: inout SettingFields) throws(ScheduleError) { try self.init(factor: fields.number("the factor")) }
}
