/// The median of a few measurements in the order in which they were taken, and how sure it is.
public struct MedianEstimate: Sendable, Hashable, Codable {
  /// The median.
  public var value: Double
  /// Its 95 % interval by a block bootstrap; nil for fewer than five measurements.
  public var interval: ClosedRange<Double>?
  /// The number of measurements.
  public var count: Int

  /// An estimate with all of its parts.
  public init(value: Double, interval: ClosedRange<Double>?, count: Int) {
    self.value = value
    self.interval = interval
    self.count = count
  }

  /// Estimates the median of at least one measurement; the same measurements give the same interval.
  public init(of measurements: [Double], draws: Int = 1000) {
    count = measurements.count
    guard count >= MedianBootstrap.leastCount else {
      (value, interval) = (medianValue(measurements), nil)
      return
    }
    let bootstrap = MedianBootstrap(measurements, draws: draws)
    (value, interval) = (bootstrap.median, bootstrap.interval)
  }

  /// Whether all of it are finite numbers.
  package var isFinite: Bool {
    value.isFinite && (interval.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? true)
  }

  /// Half of the interval's width over the median; infinite without an interval.
  public var relativeHalfWidth: Double {
    guard let interval, value > 0 else { return .infinity }
    return (interval.upperBound - interval.lowerBound) / 2 / value
  }
}
