/// A few independent measurements of one quantity: their mean, their spread, and how sure the mean is.
public struct Sample: Sendable, Hashable {
  /// The measurements.
  public let values: [Double]

  /// A sample of the given measurements.
  public init(_ values: [Double]) { self.values = values }

  /// The number of measurements.
  public var count: Int { values.count }

  /// The mean; NaN without measurements.
  public var mean: Double { values.reduce(0, +) / Double(count) }

  /// The unbiased variance Σ(x − x̄)² / (n − 1); nil below two measurements.
  public var variance: Double? {
    guard count >= 2 else { return nil }
    let center = mean
    return values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(count - 1)
  }

  /// The standard deviation, the square root of ``variance``; nil below two measurements.
  public var deviation: Double? { variance?.squareRoot() }

  /// The 95 % interval of the mean, x̄ ± t·s/√n with Student's t at n − 1 degrees of freedom.
  ///
  /// Nil below two measurements, and where one of them is infinite or NaN.
  /// Right for measurements that are independent and roughly normal, as results of different seeds are.
  public var interval: ClosedRange<Double>? {
    guard let deviation else { return nil }
    let half = StudentT.quantile975(degreesOfFreedom: count - 1) * deviation / Double(count).squareRoot()
    let (low, high) = (mean - half, mean + half)
    return low.isFinite && high.isFinite ? low...high : nil
  }
}
