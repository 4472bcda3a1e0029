import BatchAlgebra
import Glibc

/// What a study of alignment comes to: for each dimension, engine and stretch of batch sizes, how much slower sizes off
/// the multiples are than the multiples on both sides of them let expect.
///
/// A larger batch computes more a second even where alignment does not matter, so that a size must not be compared with
/// the next multiple alone: it is compared with the line between the times of the two multiples next to it.
public struct AlignmentAnalysis: Sendable, Hashable, Codable {
  /// A size and the next multiple.
  public struct Pair: Sendable, Hashable, Codable {
    /// What is off the multiple.
    public var dimension: AlignedDimension
    /// The product at the size.
    public var key: GEMMPointKey
    /// The size.
    public var size: Int
    /// The next multiple.
    public var multiple: Int
    /// The time at the size over the time on the line between the multiples on both sides: what alignment gains.
    ///
    /// Below the first multiple there is no line, and the rates of operations are compared.
    public var gain: SpeedComparison
    /// Whether there is a multiple on both sides.
    public var isBetweenMultiples: Bool
    /// The time at the multiple over the time at the size: what filling up costs.
    public var padding: SpeedComparison
  }

  /// Pairs that belong together.
  public struct Summary: Sendable, Hashable, Codable {
    /// What is off the multiple.
    public var dimension: AlignedDimension
    /// The engine.
    public var engine: String
    /// The number of threads.
    public var threads: Int
    /// The batch sizes.
    public var batches: ClosedRange<Int>
    /// The mean gain over all pairs between two multiples: of each cycle the mean of the logarithms.
    public var gain: SpeedComparison
    /// The number of pairs.
    public var pairs: Int
    /// The pair that gains most, of those whose verdict is FASTER.
    public var largest: Pair?
  }

  /// The multiple.
  public var alignment: Int
  /// All pairs.
  public var pairs: [Pair]
  /// A summary for each dimension, engine and number of threads, for the batch sizes up to 64 and those above.
  public var summaries: [Summary]

  /// A difference below this counts as none.
  public static var margin: Double { 0.02 }
  /// Below about this batch size a tile more or less can be felt; above it the sizes are told apart.
  public static var stretch: Int { 64 }

  /// Analyses a profile whose plan has an alignment; nil for another.
  public init?(_ profile: GEMMProfile) {
    guard let alignment = profile.plan.alignment else { return nil }
    self.alignment = alignment
    let points = Dictionary(profile.points.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let matcher = PairMatcher(alignment: alignment, plan: profile.plan, points: points)
    let matches = profile.points.flatMap(matcher.matches)
    pairs = matches.map(\.pair)
    summaries = Self.summaries(
      matches.filter(\.pair.isBetweenMultiples), engines: profile.plan.engines.map(\.description))
  }

  private static func summaries(_ matches: [PairMatcher.Match], engines: [String]) -> [Summary] {
    struct Group: Hashable {
      var dimension: AlignedDimension
      var engine: String
      var threads: Int
      var isAbove: Bool
    }
    let groups = Dictionary(grouping: matches) { match in
      let key = match.pair.key
      return Group(
        dimension: match.pair.dimension, engine: key.engine, threads: key.threads, isAbove: key.batch > stretch)
    }
    return groups.compactMap { group, members in
      let batches = members.map(\.pair.key.batch)
      guard let low = batches.min(), let high = batches.max() else { return nil }
      return Summary(
        dimension: group.dimension, engine: group.engine, threads: group.threads, batches: low...high,
        gain: meanGain(members), pairs: members.count,
        largest: members.map(\.pair).filter { $0.gain.verdict == .faster }.max { $0.gain.ratio < $1.gain.ratio })
    }.sorted { order($0, engines).lexicographicallyPrecedes(order($1, engines)) }
  }

  /// In the order of the plan's engines.
  private static func order(_ summary: Summary, _ engines: [String]) -> [Int] {
    [
      engines.firstIndex(of: summary.engine) ?? engines.count, summary.threads,
      AlignedDimension.allCases.firstIndex(of: summary.dimension) ?? 0, summary.batches.lowerBound,
    ]
  }

  /// The interval is of the means of cycles in which every pair has a sample, or nearly so.
  private static func meanGain(_ members: [PairMatcher.Match]) -> SpeedComparison {
    var sums: [Int: (sum: Double, count: Int)] = [:]
    for member in members {
      for (cycle, logarithm) in member.logarithms {
        sums[cycle, default: (0, 0)].sum += logarithm
        sums[cycle, default: (0, 0)].count += 1
      }
    }
    let fullest = sums.values.map(\.count).max() ?? 0
    let means = sums.filter { 2 * $0.value.count >= fullest }.sorted { $0.key < $1.key }.map {
      exp($0.value.sum / Double($0.value.count))
    }
    return SpeedComparison(pairing: Array(repeating: 1, count: means.count), with: means, margin: margin)
  }
}
