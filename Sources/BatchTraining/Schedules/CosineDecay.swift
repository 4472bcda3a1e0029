import BatchFoundation
import Glibc

/// Half a cosine wave from the base rate down to an end; `cosine` or `cosine:END` as text.
///
/// factor(s) = a + (1 − a)(1 + cos πs) / 2 at the share s of training (Loshchilov & Hutter 2017, eq. 5, without
/// restarts), as PyTorch's `CosineAnnealingLR` over the whole training.
public struct CosineDecay: LearningRateSchedule, Hashable {
  /// The end a, as a share of the base rate.
  public let end: Double

  /// A decay to `end` times the base rate.
  ///
  /// - Throws: ``ScheduleError`` for an end outside 0 ... 1.
  public init(end: Double = 0) throws(ScheduleError) {
    try requireShare("the end", end)
    self.end = end
  }

  public func factor(at position: TrainingPosition) -> Double {
    end + (1 - end) * (1 + cos(.pi * position.share)) / 2
  }

  public var description: String { end == 0 ? "cosine" : "cosine:\(SettingNumber.share(end))" }
}

extension CosineDecay {
  static var usage: String { "cosine or cosine:END, as in cosine:0.01" }

  init(_ fields: inout SettingFields) throws(ScheduleError) {
    try self.init(end: fields.isAtEnd ? 0 : fields.number("the end"))
  }
}
