/// What has changed from one profile to another of the same kind.
public struct ProfileComparison: Sendable, Hashable, Codable {
  /// A point of both profiles.
  public struct Row: Sendable, Hashable, Codable {
    /// What was timed: `784x512 forward, batch 64, planner, 2 threads`.
    public var name: String
    /// The median time in the first profile, in seconds.
    public var before: Double
    /// The median time in the second.
    public var after: Double
    /// How much faster the second is.
    public var change: SpeedComparison
    /// Whether times were scaled to the same FMA peak: of points that the peak bounds.
    public var isAtPeak: Bool
  }

  /// The points that both profiles have.
  public var rows: [Row]
  /// The names of points that only one of them has.
  public var unmatched: [String]
  /// What differs between the machines, what they could do at most, and the software.
  public var differences: [String]

  /// Two profiles that cannot be compared.
  public struct Mismatch: Error, Equatable, CustomStringConvertible {
    public var description: String {
      "one of these is a profile of products and the other of training steps; compare two of a kind"
    }
  }

  /// Compares two profiles.
  ///
  /// Points that floating-point operations bound are compared at the same FMA peak, so that a clock that has changed does
  /// not count; others in seconds.
  ///
  /// - Throws: ``Mismatch`` for profiles of different kinds.
  public init(_ before: Profile, _ after: Profile, margin: Double = 0.05) throws(Mismatch) {
    let olds: [ComparablePoint]
    let news: [ComparablePoint]
    switch (before, after) {
    case (.gemm(let first), .gemm(let second)): (olds, news) = (first.comparable, second.comparable)
    case (.step(let first), .step(let second)): (olds, news) = (first.comparable, second.comparable)
    default: throw Mismatch()
    }
    let byName = Dictionary(olds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    rows = news.compactMap { new in byName[new.name].map { Self.row($0, new, margin: margin) } }
    let names = Set(olds.map(\.name)).symmetricDifference(news.map(\.name))
    unmatched = (olds + news).map(\.name).filter(names.contains)
    differences =
      before.environment.differences(from: after.environment) + before.ceilings.differences(from: after.ceilings)
  }

  private static func row(_ old: ComparablePoint, _ new: ComparablePoint, margin: Double) -> Row {
    let isAtPeak = old.isBoundByPeak && new.isBoundByPeak
    // Both at the peak of the first: the second's ratio of peaks scales its times.
    let scale = isAtPeak ? new.peak / old.peak : 1
    let before = isAtPeak ? old.timesAtPeak : old.times
    let after = (isAtPeak ? new.timesAtPeak : new.times).map { $0 * scale }
    return Row(
      name: new.name, before: medianValue(before), after: medianValue(after),
      change: SpeedComparison(after, with: before, margin: margin), isAtPeak: isAtPeak)
  }

  /// The points that are surely slower by more than a share of their time.
  public func regressions(beyond share: Double) -> [Row] {
    rows.filter { $0.change.verdict == .slower && 1 / $0.change.ratio - 1 > share }
  }

  /// The number of points of each verdict.
  public func count(_ verdict: SpeedComparison.Verdict) -> Int { rows.count { $0.change.verdict == verdict } }
}

/// What two profiles have in common at a point.
private struct ComparablePoint {
  var name: String
  var times: [Double]
  var timesAtPeak: [Double]
  /// The quiet FMA peak.
  var peak: Double
  var isBoundByPeak: Bool
}

extension GEMMProfile {
  fileprivate var comparable: [ComparablePoint] {
    points.filter { !$0.samples.times.isEmpty }.map { point in
      ComparablePoint(
        name: point.key.description, times: point.samples.times, timesAtPeak: point.samples.timesAtPeak,
        peak: ceilings.peak(plan.precision, threads: point.key.threads) ?? 1,
        isBoundByPeak: point.explanation?.bound == .operations)
    }
  }
}

extension StepProfile {
  fileprivate var comparable: [ComparablePoint] {
    points.filter { !$0.samples.times.isEmpty }.map { point in
      ComparablePoint(
        name: "\(plan.model), batch \(point.batch), \(plan.threads) threads", times: point.samples.times,
        timesAtPeak: point.samples.timesAtPeak, peak: ceilings.peak(plan.precision, threads: plan.threads) ?? 1,
        isBoundByPeak: (point.ratioToPeak ?? 0) > 0.5)
    }
  }
}
