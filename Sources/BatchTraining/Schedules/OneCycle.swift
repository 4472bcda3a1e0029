import BatchFoundation
import Glibc

/// Up to the base rate and down to nearly nothing, once; `one-cycle` or `one-cycle:PEAK:START:END:SHAPE` as text.
///
/// With the share x of a phase that is done, the factor goes from a to b as a + (b − a)(1 − cos πx) / 2, or on a
/// straight line: in the first phase from the start to 1, in the second from 1 to the end (Smith & Topin 2019). It is
/// PyTorch's `OneCycleLR` with two phases and `cycle_momentum=False`, with the base rate for `max_lr`; defaults are the
/// same. What PyTorch counts in updates is a share of the training here.
public struct OneCycle: LearningRateSchedule, Hashable {
  /// How the rate goes from one end of a phase to the other.
  public enum Shape: String, Sendable, Hashable, CaseIterable {
    /// Half a cosine wave.
    case cosine
    /// A straight line.
    case linear
  }

  /// How long the rate rises.
  public let peak: TrainingLength
  /// The rate at the start, as a share of the base rate; PyTorch's 1 / `div_factor`.
  public let start: Double
  /// The rate at the end, as a share of the base rate; PyTorch's 1 / (`div_factor` · `final_div_factor`).
  public let end: Double
  /// How the rate goes from one end of a phase to the other.
  public let shape: Shape

  /// A cycle with PyTorch's settings unless told otherwise.
  ///
  /// - Throws: ``ScheduleError`` for a peak that is not above 0, or a start or end outside 0 ... 1.
  public init(
    peak: TrainingLength = Self.defaultPeak, start: Double = Self.defaultStart, end: Double = Self.defaultEnd,
    shape: Shape = .cosine
  ) throws(ScheduleError) {
    try peak.require("the peak")
    try requireShare("the start", start)
    try requireShare("the end", end)
    self.peak = peak
    self.start = start
    self.end = end
    self.shape = shape
  }

  /// How long the rate rises unless told otherwise: three tenths of the training.
  public static var defaultPeak: TrainingLength { .percent(30) }
  /// The start unless told otherwise: a 25th of the base rate.
  public static var defaultStart: Double { 0.04 }
  /// The end unless told otherwise: a 250 000th of the base rate.
  public static var defaultEnd: Double { 4e-6 }

  public func factor(at position: TrainingPosition) -> Double {
    let seen = min(Double(position.examples), Double(position.totalExamples))
    let peak = peak.exampleCount(at: position)
    if seen < peak { return between(start, 1, seen / peak) }
    let fall = Double(position.totalExamples) - peak
    return between(1, end, fall > 0 ? (seen - peak) / fall : 0)
  }

  private func between(_ a: Double, _ b: Double, _ share: Double) -> Double {
    switch shape {
    case .cosine: a + (b - a) * (1 - cos(.pi * share)) / 2
    case .linear: a + (b - a) * share
    }
  }

  public var description: String {
    let fields = [peak.description, SettingNumber.share(start), SettingNumber.share(end), shape.rawValue]
    let count =
      shape != .cosine
      ? 4 : end != Self.defaultEnd ? 3 : start != Self.defaultStart ? 2 : peak != Self.defaultPeak ? 1 : 0
    return (["one-cycle"] + fields.prefix(count)).joined(separator: ":")
  }
}

extension OneCycle {
  static var usage: String {
    "one-cycle, one-cycle:PEAK, one-cycle:PEAK:START, one-cycle:PEAK:START:END or one-cycle:PEAK:START:END:SHAPE, as in "
      + "one-cycle:30%:0.04:4e-06:linear"
  }

  init(_ fields: inout SettingFields) throws(ScheduleError) {
    let peak = fields.isAtEnd ? Self.defaultPeak : try fields.length("the peak")
    let start = fields.isAtEnd ? Self.defaultStart : try fields.number("the start")
    let end = fields.isAtEnd ? Self.defaultEnd : try fields.number("the end")
    var shape = Shape.cosine
    if !fields.isAtEnd {
      let field = try fields.text("the shape")
      guard let named = Shape(rawValue: String(field)) else {
        throw .senseless("the shape must be cosine or linear, not '\(field)'")
      }
      shape = named
    }
    try self.init(peak: peak, start: start, end: end, shape: shape)
  }
}
