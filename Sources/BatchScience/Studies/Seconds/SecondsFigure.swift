public import BatchFoundation

/// A duration or a rate of training, and where it comes from.
public struct SecondsFigure: Sendable, Hashable {
  /// The figure; NaN without runs.
  public let value: Double
  /// Its 95 % interval: of the step times where it is quiet, over the seeds where it is elapsed; nil where there is
  /// none.
  public let interval: ClosedRange<Double>?
  /// Whether it is of updates times step times on a quiet machine; else it is of elapsed time, disturbed by whatever else
  /// ran.
  public let isQuiet: Bool

  /// A figure of a quiet machine.
  public init(quiet value: Double, interval: ClosedRange<Double>?) {
    (self.value, self.interval, isQuiet) = (value, interval, true)
  }

  /// A figure of elapsed time.
  public init(elapsed sample: Sample) {
    (value, interval, isQuiet) = (sample.mean, sample.interval, false)
  }

  /// The value, where it is of a quiet machine.
  public var quietValue: Double? { isQuiet ? value : nil }

  /// The interval of the value, where it is of a quiet machine.
  public var quietInterval: ClosedRange<Double>? { isQuiet ? interval : nil }

  /// Whether it is beyond doubt more than another: both are of a quiet machine, and their intervals lie apart.
  public func isSurelyMore(than other: SecondsFigure) -> Bool {
    guard isQuiet, other.isQuiet, let interval, let below = other.interval else { return false }
    return interval.lowerBound > below.upperBound
  }
}
