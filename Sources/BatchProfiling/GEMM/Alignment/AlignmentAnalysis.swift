public import BatchAlgebra

/// What a profile of alignment comes to: for each pass, dimension, engine and stretch of batch sizes, how much slower sizes
/// off the multiples are than the multiples on both sides of them let expect.
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

  /// The pairs of a summary whose sizes leave the same remainder.
  public struct Remainder: Sendable, Hashable, Codable {
    /// What the sizes leave, divided by the alignment.
    public var remainder: Int
    /// Their mean gain.
    public var gain: SpeedComparison
    /// The number of pairs.
    public var pairs: Int
  }

  /// Pairs that belong together.
  public struct Summary: Sendable, Hashable, Codable {
    /// The product.
    public var pass: GEMMPlan.Pass
    /// What is off the multiple.
    public var dimension: AlignedDimension
    /// The engine.
    public var engine: String
    /// The number of threads.
    public var threads: Int
    /// The batch sizes.
    public var batches: ClosedRange<Int>
    /// The mean gain over all pairs between two multiples, by their logarithms; the interval counts cycles, pairs and
    /// missing samples together.
    public var gain: SpeedComparison
    /// The same by the remainder that the size leaves.
    public var remainders: [Remainder]
    /// The number of pairs.
    public var pairs: Int
    /// The pair that gains most, of those whose verdict is FASTER.
    public var largest: Pair?
  }

  /// The multiple.
  public var alignment: Int
  /// All pairs.
  public var pairs: [Pair]
  /// A summary for each engine, number of threads, dimension and pass, for the batch sizes up to 64 and those above.
  public var summaries: [Summary]

  /// A difference below this counts as none.
  public static var margin: Double { 0.02 }
  /// Below about this batch size a tile more or less can be felt; above it the sizes are told apart.
  public static var stretch: Int { 64 }

  /// Analyses a profile whose plan has an alignment; nil for another.
  public init?(_ profile: GEMMProfile) {
    guard let alignment = profile.plan.alignment else { return nil }
    self.alignment = alignment
    let matcher = PairMatcher(alignment: alignment, plan: profile.plan, points: profile.points)
    let matches = profile.points.flatMap(matcher.matches)
    pairs = matches.map(\.pair)
    summaries = Self.summaries(
      matches.filter(\.pair.isBetweenMultiples), alignment: alignment, engines: profile.plan.engines.map(\.description))
  }

  private static func summaries(
    _ matches: [PairMatcher.Match], alignment: Int, engines: [String]
  ) -> [Summary] {
    struct Group: Hashable {
      var pass: GEMMPlan.Pass
      var dimension: AlignedDimension
      var engine: String
      var threads: Int
      var isAbove: Bool
    }
    let groups = Dictionary(grouping: matches) { match in
      let key = match.pair.key
      return Group(
        pass: key.pass, dimension: match.pair.dimension, engine: key.engine, threads: key.threads,
        isAbove: key.batch > stretch)
    }
    return groups.compactMap { group, members in
      let batches = members.map(\.pair.key.batch)
      guard let low = batches.min(), let high = batches.max() else { return nil }
      let remainders = Dictionary(grouping: members) { $0.pair.size % alignment }
      return Summary(
        pass: group.pass, dimension: group.dimension, engine: group.engine, threads: group.threads, batches: low...high,
        gain: meanGain(members),
        remainders: remainders.sorted { $0.key < $1.key }.map {
          Remainder(remainder: $0.key, gain: meanGain($0.value), pairs: $0.value.count)
        }, pairs: members.count,
        largest: members.map(\.pair).filter { $0.gain.verdict == .faster }.max { $0.gain.ratio < $1.gain.ratio })
    }.sorted { order($0, engines).lexicographicallyPrecedes(order($1, engines)) }
  }

  /// In the order of the plan's engines.
  private static func order(_ summary: Summary, _ engines: [String]) -> [Int] {
    [
      engines.firstIndex(of: summary.engine) ?? engines.count, summary.threads,
      AlignedDimension.allCases.firstIndex(of: summary.dimension) ?? 0, summary.batches.lowerBound > stretch ? 1 : 0,
      GEMMPlan.Pass.allCases.firstIndex(of: summary.pass) ?? 0,
    ]
  }

  /// Of the pairs that were sampled often enough; without an interval where none was.
  private static func meanGain(_ members: [PairMatcher.Match]) -> SpeedComparison {
    let sampled = members.filter { $0.pair.gain.interval != nil }
    return DrawnLogarithm.mean((sampled.isEmpty ? members : sampled).map(\.gain)).comparison(
      margin: margin, hasInterval: !sampled.isEmpty)
  }
}
