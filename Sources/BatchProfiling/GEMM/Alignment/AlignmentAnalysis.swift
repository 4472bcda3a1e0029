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

/// Finds the multiple that belongs to a size.
private struct PairMatcher {
  struct Match {
    var pair: AlignmentAnalysis.Pair
    /// The logarithm of the gain in each cycle that both were sampled in.
    var logarithms: [Int: Double]
  }

  let pairs: AlignmentPairs
  let points: [GEMMPointKey: GEMMPoint]

  init(alignment: Int, plan: GEMMProfilePlan, points: [GEMMPointKey: GEMMPoint]) {
    pairs = AlignmentPairs(alignment: alignment, plan: plan)
    self.points = points
  }

  func matches(_ point: GEMMPoint) -> [Match] {
    AlignedDimension.allCases.compactMap { match(point, $0) }
  }

  private func match(_ point: GEMMPoint, _ dimension: AlignedDimension) -> Match? {
    // The batch only at the widths that were asked for: with others the batch sizes are few.
    guard dimension != .batch || pairs.plan.layers.contains(point.key.layer) else { return nil }
    let size = point.key.size(dimension)
    let multiple = pairs.roundedUp(size)
    guard multiple != size, let aligned = points[point.key.with(dimension, multiple)] else { return nil }
    let below = multiple - pairs.alignment
    let line = CycleLine(
      below: below > 0 ? points[point.key.with(dimension, below)] : nil, above: aligned,
      share: Double(size - below) / Double(pairs.alignment),
      work: point.key.operations / aligned.key.operations)
    let expected = line.seconds
    let times = point.samples.timesByCycle
    let cycles = times.keys.filter { expected[$0] != nil }.sorted()
    guard !cycles.isEmpty else { return nil }
    let measured = cycles.map { times[$0] ?? .nan }
    let predicted = cycles.map { expected[$0] ?? .nan }
    let (alignedTimes, others) = aligned.samples.sharedTimes(with: point.samples)
    let margin = AlignmentAnalysis.margin
    return Match(
      pair: AlignmentAnalysis.Pair(
        dimension: dimension, key: point.key, size: size, multiple: multiple,
        gain: SpeedComparison(pairing: predicted, with: measured, margin: margin),
        isBetweenMultiples: line.below != nil,
        padding: SpeedComparison(pairing: others, with: alignedTimes, margin: margin)),
      logarithms: Dictionary(
        zip(cycles, zip(predicted, measured).map { log($1 / $0) }), uniquingKeysWith: { first, _ in first }))
  }
}

/// The times that a size would have on the line between those of the multiples next to it, cycle by cycle; below the
/// first multiple its share of the time of that.
private struct CycleLine {
  let below: GEMMPoint?
  let above: GEMMPoint
  /// The share of the way from the multiple below to the one above.
  let share: Double
  /// The operations at the size over those at the multiple above.
  let work: Double

  var seconds: [Int: Double] {
    let upper = above.samples.timesByCycle
    guard let below else { return upper.mapValues { $0 * work } }
    let lower = below.samples.timesByCycle
    return upper.filter { lower[$0.key] != nil }.reduce(into: [:]) { result, entry in
      result[entry.key] = (1 - share) * (lower[entry.key] ?? .nan) + share * entry.value
    }
  }
}

extension GEMMPointKey {
  /// The size in a dimension.
  fileprivate func size(_ dimension: AlignedDimension) -> Int {
    switch dimension {
    case .batch: batch
    case .inputs: layer.inputs
    case .outputs: layer.outputs
    }
  }

  /// The same product with another size in a dimension.
  fileprivate func with(_ dimension: AlignedDimension, _ size: Int) -> GEMMPointKey {
    var key = self
    switch dimension {
    case .batch: key.batch = size
    case .inputs: key.layer = LayerShape(inputs: size, outputs: layer.outputs)
    case .outputs: key.layer = LayerShape(inputs: layer.inputs, outputs: size)
    }
    return key
  }
}
