import Glibc

/// An estimate of a median from a few measurements, and how sure it is.
public struct MedianEstimate: Sendable, Hashable, Codable {
  /// The estimate: the median, or of samples that never got quiet what their least delayed say.
  public var value: Double
  /// Its 95 % interval, of a median by a block bootstrap; nil for fewer than five measurements.
  public var interval: ClosedRange<Double>?
  /// The number of measurements.
  public var count: Int

  /// An estimate with all of its parts.
  public init(value: Double, interval: ClosedRange<Double>?, count: Int) {
    self.value = value
    self.interval = interval
    self.count = count
  }

  /// Estimates the median of at least one measurement in the order in which they were taken; the same measurements give
  /// the same interval.
  public init(of measurements: [Double], draws: Int = 1000) {
    count = measurements.count
    guard count >= MedianBootstrap.leastCount else {
      (value, interval) = (medianValue(measurements), nil)
      return
    }
    let bootstrap = MedianBootstrap(measurements, draws: draws)
    (value, interval) = (bootstrap.median, bootstrap.interval)
  }

  /// Estimates the median of at least one positive measurement in the order in which they were taken.
  ///
  /// By logarithms: durations and rates spread by factors, and no interval reaches down to zero.
  public init(ofPositive measurements: [Double], draws: Int = 1000) {
    let logarithms = MedianEstimate(of: measurements.map { log($0) }, draws: draws)
    // Without an interval the plain median, so that one measurement is itself to the last bit.
    value = logarithms.interval == nil ? medianValue(measurements) : exp(logarithms.value)
    interval = logarithms.interval.map { exp($0.lowerBound)...exp($0.upperBound) }
    count = logarithms.count
  }

  /// The same with the interval cut at bounds; the value stays, and stays in it.
  public func clamped(above least: Double? = nil, below most: Double? = nil) -> MedianEstimate {
    guard let interval else { return self }
    let low = min(value, max(interval.lowerBound, least ?? -.infinity))
    let high = max(value, min(interval.upperBound, most ?? .infinity))
    return MedianEstimate(value: value, interval: low...high, count: count)
  }

  /// `numerator` over this quantity, as a rate from a duration.
  public func dividing(_ numerator: Double) -> MedianEstimate {
    MedianEstimate(
      value: numerator / value, interval: interval.map { numerator / $0.upperBound...numerator / $0.lowerBound },
      count: count)
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
