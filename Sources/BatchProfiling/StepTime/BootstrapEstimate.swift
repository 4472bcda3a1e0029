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
    let (lower, upper) = middle95(of: resampled)
    self.init(value: value, interval: min(lower, value)...max(upper, value))
  }
}

/// The values below and above which the outer 2.5 % lie on each side: ranks ⌊0.025 (n + 1)⌋ from either end.
func middle95<Value: Comparable>(of values: [Value]) -> (lower: Value, upper: Value) {
  precondition(!values.isEmpty, "an interval of no values")
  let sorted = values.sorted()
  let rank = max(1, (sorted.count + 1) / 40)
  return (sorted[rank - 1], sorted[sorted.count - rank])
}
