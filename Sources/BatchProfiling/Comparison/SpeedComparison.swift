import BatchFoundation
import Glibc

/// How much faster one thing is than another: the ratio of their times, its interval, and what can be said for sure.
public struct SpeedComparison: Sendable, Hashable, Codable {
  /// What the measurements allow to say; never forced.
  public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    /// The whole interval lies within the margin.
    case same = "SAME"
    /// The whole interval lies above 1, the ratio above the margin, and that of the fastest measurements as well.
    case faster = "FASTER"
    /// The whole interval lies below 1, the ratio below the margin, and that of the fastest measurements as well.
    case slower = "SLOWER"
    /// Anything else.
    case unclear = "UNCLEAR"
  }

  /// The other's time over this one's: above 1 where this one is faster.
  public var ratio: Double
  /// The 95 % interval of the ratio; nil for fewer than five measurements of either.
  public var interval: ClosedRange<Double>?
  /// The difference below which two times count as the same: 0.03 is 3 %.
  public var margin: Double
  /// The ratio of the fastest measurements of both; nil where it is not known.
  ///
  /// Delays only ever add (Chen & Revels 2016, arXiv 1608.04295): what delayed one of the two more often moves the
  /// medians apart, and these less.
  public var fastest: Double?

  /// A comparison with all of its parts.
  public init(ratio: Double, interval: ClosedRange<Double>?, margin: Double, fastest: Double? = nil) {
    self.ratio = ratio
    self.interval = interval
    self.margin = margin
    self.fastest = fastest
  }

  /// Compares times taken in the same cycles: what disturbed a cycle disturbed both, and cancels in its ratio.
  ///
  /// The ratio is the median of the cycles' ratios. The times must be positive and as many of each, at least one.
  public init(pairing times: [Double], with others: [Double], margin: Double = 0.03) {
    precondition(times.count == others.count, "\(times.count) times are paired with \(others.count)")
    let logarithms = MedianEstimate(of: zip(times, others).map { log($1 / $0) })
    self.init(
      logarithm: logarithms.value, interval: logarithms.interval, margin: margin,
      fastest: Self.fastest(times, with: others))
  }

  /// Compares times of two runs, which share no cycles.
  public init(_ times: [Double], with others: [Double], margin: Double = 0.03) {
    guard min(times.count, others.count) >= MedianBootstrap.leastCount else {
      self.init(
        logarithm: log(medianValue(others) / medianValue(times)), interval: nil, margin: margin,
        fastest: Self.fastest(times, with: others))
      return
    }
    // Two seeds: draws of one run say nothing on those of the other.
    let these = MedianBootstrap(times.map { log($0) }, seed: 1)
    let those = MedianBootstrap(others.map { log($0) }, seed: 2)
    self.init(
      logarithm: those.median - these.median, interval: centralInterval(zip(these.draws, those.draws).map { $1 - $0 }),
      margin: margin, fastest: Self.fastest(times, with: others))
  }

  private init(logarithm: Double, interval: ClosedRange<Double>?, margin: Double, fastest: Double?) {
    self.init(
      ratio: exp(logarithm), interval: interval.map { exp($0.lowerBound)...exp($0.upperBound) }, margin: margin,
      fastest: fastest)
  }

  private static func fastest(_ times: [Double], with others: [Double]) -> Double? {
    times.min().flatMap { time in others.min().map { $0 / time } }
  }

  /// The same with room for what may be the machine's doing, as work shows that nobody has changed.
  ///
  /// Nobody knows how much of a change of the control belongs to this comparison: all of it, none, or a part. So the
  /// interval reaches from where it is to where it would be without. A control that is surely the same changes nothing.
  public func allowing(for control: SpeedComparison) -> SpeedComparison {
    guard control.verdict != .same, let interval else { return self }
    let (low, high) = (interval.lowerBound / control.ratio, interval.upperBound / control.ratio)
    return SpeedComparison(
      ratio: ratio, interval: min(low, interval.lowerBound)...max(high, interval.upperBound), margin: margin,
      fastest: fastest)
  }

  /// What can be said for sure.
  public var verdict: Verdict {
    guard let interval else { return .unclear }
    if interval.lowerBound >= 1 / (1 + margin), interval.upperBound <= 1 + margin { return .same }
    let least = min(ratio, fastest ?? ratio), most = max(ratio, fastest ?? ratio)
    if interval.lowerBound > 1, least > 1 + margin { return .faster }
    if interval.upperBound < 1, most < 1 / (1 + margin) { return .slower }
    return .unclear
  }
}
