public import BatchFoundation
import Glibc

/// The samples of one thing, raw, in the order in which they were taken; the arrays are of equal length.
public struct TimedSamples: Sendable, Hashable, Codable {
  /// The cycle of each sample; several where one was tried again.
  public var cycles: [Int] = []
  /// The mean duration of a call in seconds.
  public var seconds: [Double] = []
  /// The number of calls.
  public var calls: [Int] = []
  /// How often a thread of this process was switched out against its will meanwhile.
  public var switches: [Int] = []
  /// The processor time of the calling thread over the wall clock: 1 where it ran all the time; nil in files of versions
  /// without it.
  public var processorShare: [Double]? = []
  /// What the probes about the sample gave, as a share of what they give when nothing disturbs: for the FMA peak the
  /// mean of both sides, by which times may be scaled.
  public var peak: [Double] = []
  /// The least share that any probe on either side gave, each in units of what it must give at least: below 1 the
  /// sample counts as disturbed.
  public var calm: [Double] = []
  /// Whether the sample stands for its cycle.
  public var isKept: [Bool] = []
  /// The kept samples that were disturbed: their cycles had none that was not.
  public var disturbedCycles = 0

  /// No samples.
  public init() {}

  /// The times that count, one a cycle: of all undisturbed cycles, or of the calmest half where fewer were undisturbed.
  public var times: [Double] { counting.map { seconds[$0] } }

  /// The cycles of ``times``.
  public var timedCycles: [Int] { counting.map { cycles[$0] } }

  /// The times that count, by their cycles.
  var timesByCycle: [Int: Double] {
    Dictionary(zip(timedCycles, times), uniquingKeysWith: { first, _ in first })
  }

  /// The times that count, each multiplied by the share of the quiet FMA peak about it: what they would be at that
  /// peak.
  ///
  /// A disturbed sample stays as it is: what went on beside it is not what went on meanwhile.
  public var timesAtPeak: [Double] { counting.map { calm[$0] >= 1 ? seconds[$0] * peak[$0] : seconds[$0] } }

  /// Whether enough samples for an interval were undisturbed, or all there are: of others nothing is concluded.
  public var gotQuiet: Bool {
    let kept = isKept.count { $0 }
    return disturbedCycles == 0 || kept - disturbedCycles >= MedianBootstrap.leastCount
  }

  /// How long a call takes on a quiet machine; nil without samples.
  public var estimate: MedianEstimate? { estimate(draws: 1000) }

  func estimate(draws: Int) -> MedianEstimate? {
    guard !seconds.isEmpty else { return nil }
    return gotQuiet ? MedianEstimate(ofPositive: times, draws: draws) : leastDelayed
  }

  /// The estimate where too few samples are known to be undisturbed.
  ///
  /// Delays only ever add (Chen & Revels 2016, arXiv 1608.04295): the value is what a tenth of all samples, those that
  /// were thrown away too, fall below, and the interval reaches up to what a quarter fall below. Downwards it goes as far
  /// as the two fastest leave open: with 97.5 % confidence the least possible duration is no less than x₁ − 39(x₂ − x₁)
  /// (Robson & Whitlock, *Estimation of a truncation point*, Biometrika 1964).
  private var leastDelayed: MedianEstimate {
    let sorted = seconds.sorted()
    let value = sorted[sorted.count / 10]
    guard sorted.count >= MedianBootstrap.leastCount else {
      return MedianEstimate(value: value, interval: nil, count: sorted.count)
    }
    let low = max(sorted[0] - 39 * (sorted[1] - sorted[0]), sorted[0] / 10)
    // What calm samples spread by is not known here: some hundredths.
    let high = max(sorted[sorted.count / 4], 1.03 * value)
    return MedianEstimate(value: value, interval: min(low, sorted[0] / 1.03)...high, count: sorted.count)
  }

  /// What cannot be true of samples that were read from a file; nil for nothing.
  package var fault: String? {
    let count = seconds.count
    let lengths = [cycles.count, calls.count, switches.count, peak.count, calm.count, isKept.count]
    guard (lengths + [processorShare?.count ?? count]).allSatisfy({ $0 == count })
    else { return "the samples have lists of different lengths" }
    if let value = seconds.first(where: { !Self.durations.contains($0) }) { return "a sample took \(value) seconds" }
    if let value = peak.first(where: { !($0 > 0 && $0 < 1e6) }) ?? calm.first(where: { !($0 >= 0 && $0.isFinite) }) {
      return "a probe gave \(value) of what it gives undisturbed"
    }
    if let value = processorShare?.first(where: { !($0 >= 0 && $0.isFinite) }) {
      return "a thread used \(value) of a processor"
    }
    guard (cycles + switches + [disturbedCycles]).allSatisfy({ $0 >= 0 }), calls.allSatisfy({ $0 >= 1 }) else {
      return "the samples have a count below zero, or no call"
    }
    let kept = zip(cycles, isKept).filter(\.1).map(\.0)
    return Set(kept).count == kept.count ? nil : "a cycle has two samples that stand for it"
  }

  /// No call is done within a picosecond, or takes a year.
  private static var durations: Range<Double> { 1e-12..<3.2e7 }

  /// The samples that were taken and thrown away.
  public var discarded: Int { isKept.count { !$0 } }

  /// The same samples with cycles that are numbered from another on.
  func countingCycles(from first: Int) -> TimedSamples {
    var result = self
    result.cycles = cycles.map { $0 + first }
    return result
  }

  /// The probes choose, not the times: that favours no outcome.
  private var counting: [Int] {
    let kept = isKept.indices.filter { isKept[$0] }
    let quiet = kept.count { calm[$0] >= 1 }
    let least = max(MedianBootstrap.leastCount, (kept.count + 1) / 2)
    guard quiet < least else { return kept.filter { calm[$0] >= 1 } }
    return kept.sorted { (calm[$0], $1) > (calm[$1], $0) }.prefix(least).sorted()
  }
}

/// Numbers cut to the digits that mean something, so that files of many samples stay small.
enum Rounding {
  /// The nearest number of so many decimal digits.
  static func digits(_ value: Double, _ count: Int) -> Double {
    guard value.isFinite, value != 0 else { return value }
    let scale = count - 1 - Int(log10(abs(value)).rounded(.down))
    // Dividing by a whole power of ten gives the number nearest to the decimal one; multiplying by its inverse does
    // not.
    return scale >= 0
      ? (value * pow(10, Double(scale))).rounded() / pow(10, Double(scale))
      : (value / pow(10, Double(-scale))).rounded() * pow(10, Double(-scale))
  }
}
