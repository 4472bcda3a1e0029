/// A quantity that is known by its probability distribution: the median and the interval that holds 90 %.
public struct CredibleEstimate: Sendable, Hashable, Codable {
  /// The median.
  public var value: Double
  /// What it is below with a probability of 5 %.
  public var low: Double
  /// What it is above with a probability of 5 %.
  public var high: Double

  /// An estimate with all of its parts.
  public init(value: Double, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// The estimate of at least one draw from the distribution.
  init(of draws: [Double]) {
    let sorted = draws.sorted()
    value = Self.quantile(0.5, ofSorted: sorted)
    low = Self.quantile(0.05, ofSorted: sorted)
    high = Self.quantile(0.95, ofSorted: sorted)
  }

  /// Whether a value lies in the interval.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }

  /// The same in another unit.
  func multiplied(by factor: Double) -> CredibleEstimate {
    CredibleEstimate(value: value * factor, low: low * factor, high: high * factor)
  }

  /// On the line between the two nearest ranks.
  private static func quantile(_ share: Double, ofSorted sorted: [Double]) -> Double {
    precondition(!sorted.isEmpty, "an interval of no draws")
    let place = share * Double(sorted.count - 1)
    let index = min(Int(place), sorted.count - 1)
    let next = min(index + 1, sorted.count - 1)
    return sorted[index] + (place - Double(index)) * (sorted[next] - sorted[index])
  }
}
