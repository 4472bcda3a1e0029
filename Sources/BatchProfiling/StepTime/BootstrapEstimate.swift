import BatchFoundation

/// A value and its 95 % interval, from resampled measurements.
public struct BootstrapEstimate: Codable, Sendable, Hashable {
  /// The value that the measurements themselves give.
  public var value: Double
  /// Between the 2.5 % and the 97.5 % quantile of the values that resampled measurements give, and `value`.
  public var interval: ClosedRange<Double>

  /// A value and its interval.
  public init(value: Double, interval: ClosedRange<Double>) {
    self.value = value
    self.interval = interval
  }

  /// The value with the percentile interval of the resampled values (Efron and Tibshirani 1993, chapter 13).
  init(_ value: Double, resampled: [Double]) {
    let middle = centralInterval(resampled)
    self.init(value: value, interval: min(middle.lowerBound, value)...max(middle.upperBound, value))
  }
}
