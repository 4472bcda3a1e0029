import BatchFoundation
import Glibc

/// A power of the share of training that is left; `polynomial:POWER` or `polynomial:POWER:END` as text.
///
/// factor(s) = a + (1 − a)(1 − s)ᵖ at the share s of training, as PyTorch's `PolynomialLR` over the whole training for
/// a = 0. Power 1 is a straight line, and what LARS was published with is power 2 (You et al. 2017).
public struct PolynomialDecay: LearningRateSchedule, Hashable {
  /// The power p.
  public let power: Double
  /// The end a, as a share of the base rate.
  public let end: Double

  /// A decay to `end` times the base rate.
  ///
  /// - Throws: ``ScheduleError`` for a power that is not positive, or an end outside 0 ... 1.
  public init(power: Double, end: Double = 0) throws(ScheduleError) {
    guard power > 0, power.isFinite else {
      throw .senseless("the power must be a positive number, not \(SettingNumber.plain(power))")
    }
    try requireShare("the end", end)
    self.power = power
    self.end = end
  }

  public func factor(at position: TrainingPosition) -> Double {
    end + (1 - end) * pow(1 - position.share, power)
  }

  public var description: String {
    "polynomial:\(SettingNumber.plain(power))" + (end == 0 ? "" : ":\(SettingNumber.share(end))")
  }
}

extension PolynomialDecay {
  static var usage: String { "polynomial:POWER or polynomial:POWER:END, as in polynomial:2" }

  init(_ fields: inout SettingFields) throws(ScheduleError) {
    let power = try fields.number("the power")
    try self.init(power: power, end: fields.isAtEnd ? 0 : fields.number("the end"))
  }
}
