public import BatchFoundation

/// Ways of training ranked by a measure over the same seeds, as far as the seeds can tell them apart.
public struct SeedRanking<Name: Hashable & Sendable>: Sendable {
  /// One way of training.
  public struct Entry: Sendable {
    /// What it is called: a batch size, a rule.
    public let name: Name
    /// The measure of each seed.
    public let bySeed: [UInt64: Double]
    /// By how much its mean may be off beside the spread of the seeds, as where the moment at which it is taken is
    /// uncertain.
    public let slack: Double

    /// The measure of each seed, and what it would be at the ends of an interval of what it depends on.
    public init(_ name: Name, bySeed: [UInt64: Double], others: [[UInt64: Double]] = []) {
      self.name = name
      self.bySeed = bySeed
      let mean = Self.sample(bySeed).mean
      slack = others.map { abs(Self.sample($0).mean - mean) }.filter(\.isFinite).max() ?? 0
    }

    /// The measures as a sample.
    public var sample: Sample { Self.sample(bySeed) }

    private static func sample(_ bySeed: [UInt64: Double]) -> Sample {
      Sample(bySeed.sorted { $0.key < $1.key }.map(\.value))
    }
  }

  /// The number that is compared.
  public let measure: RunMeasure
  /// What is ranked, in no order of the measure.
  public let entries: [Entry]

  /// A ranking of some entries.
  public init(measure: RunMeasure, entries: [Entry]) {
    self.measure = measure
    self.entries = entries
  }

  /// The entry with the best mean; nil without entries.
  public var best: Entry? { entries.max { isBetter($1, $0) } }

  /// The entry with the worst mean; nil without entries.
  public var worst: Entry? { entries.max { isBetter($0, $1) } }

  /// The entries that the seeds cannot tell from the best, which is among them.
  ///
  /// The 95 % interval of the difference, paired by seed and widened by the slack of both, holds zero. With one seed
  /// nothing can be told apart and only the best itself is named.
  public var indistinguishableFromBest: [Entry] {
    guard let best else { return [] }
    return entries.filter { entry in
      guard entry.name != best.name else { return true }
      let differences = best.bySeed.keys.sorted().compactMap { seed in
        entry.bySeed[seed].map { $0 - (best.bySeed[seed] ?? $0) }
      }
      guard let interval = Sample(differences).interval else { return false }
      let slack = entry.slack + best.slack
      return (interval.lowerBound - slack...interval.upperBound + slack).contains(0)
    }
  }

  private func isBetter(_ a: Entry, _ b: Entry) -> Bool {
    measure.moreIsBetter ? a.sample.mean > b.sample.mean : a.sample.mean < b.sample.mean
  }
}
