public import BatchAlgebra

/// Tells whether somebody else disturbs the machine: probes on both sides of a sample, compared with what they give
/// when nothing disturbs them.
public final class DisturbanceGate {
  /// What the probes gave at one moment: rates, in the order of the gate's probes.
  public struct Reading: Sendable, Hashable {
    var rates: [Double]
  }

  /// The probes; the first is the FMA peak, the last, where there are several, that of the memory.
  public let probes: [any DisturbanceProbe]
  /// All rates of each probe so far, the ones that count as quiet at the upper end.
  private var histories: [[Double]]
  /// What each probe gives when nothing disturbs it.
  private(set) var quietRates: [Double]
  /// The share of its quiet rate that each probe must give.
  private var leastShares: [Double]

  /// A gate of the standard probes for a team: its FMA peak, its outer caches and, for several threads, the lines that
  /// travel between them.
  ///
  /// - Throws: `AllocationError` when there is no memory for the probes.
  public convenience init(_ team: ThreadTeam) throws(AllocationError) {
    var probes: [any DisturbanceProbe] = [try FMAPeak(team, seconds: 200e-6)]
    if team.threads > 1 { probes.append(try LineTransfer(team)) }
    self.init(probes + [try MemoryProbe(team)])
  }

  init(_ probes: [any DisturbanceProbe]) {
    self.probes = probes
    histories = probes.map { _ in [] }
    quietRates = probes.map { _ in 0 }
    leastShares = probes.map(\.leastShare)
    for _ in 0..<Self.firstReadings { _ = read(memory: true) }
  }

  /// So many readings tell for the first time what the probes give on a quiet machine.
  private static let firstReadings = 30

  /// Runs every probe once, but that of the memory only where it matters to what is timed, and none after one that was
  /// disturbed.
  public func read(memory: Bool) -> Reading {
    let last = memory || probes.count == 1 ? probes.count : probes.count - 1
    var reading = Reading(rates: [])
    for index in 0..<last {
      let rate = probes[index].probe()
      reading.rates.append(rate)
      histories[index].append(rate)
      // On a busy machine every further probe of several threads waits for one that was switched out.
      if histories[0].count > Self.firstReadings, calm(reading) < 1 { break }
    }
    // Sorting at every reading would take longer than some probes.
    if histories[0].count <= Self.firstReadings || histories[0].count.isMultiple(of: 16) { learn() }
    return reading
  }

  private func learn() {
    for (index, probe) in probes.enumerated() {
      (quietRates[index], leastShares[index]) = Self.quiet(histories[index], leastShare: probe.leastShare)
    }
  }

  /// What a tenth of the rates exceed, since the fastest few may be errors of the clock; and the share of it that
  /// counts as quiet.
  ///
  /// On a machine whose probes spread by themselves the share is less than the probe's own, down to its square: it is
  /// four times as far from the quiet rate as what a quarter of the rates exceed. That quarter is of quiet rates as
  /// long as the machine is quiet for a third of the time.
  static func quiet(_ rates: [Double], leastShare: Double) -> (rate: Double, leastShare: Double) {
    let sorted = rates.sorted()
    let quiet = sorted[sorted.count - 1 - sorted.count / 10]
    let usual = sorted[sorted.count - 1 - sorted.count / 4]
    return (quiet, min(leastShare, max(leastShare * leastShare, 1 - 4 * (1 - usual / quiet))))
  }

  /// The least of the probes' shares of their quiet rates, each over the least one: below 1 the machine is disturbed.
  public func calm(_ reading: Reading) -> Double {
    reading.rates.indices.map { reading.rates[$0] / quietRates[$0] / leastShares[$0] }.min() ?? 1
  }

  /// The FMA peak's share of its quiet rate, as the mean of two readings.
  public func peak(_ before: Reading, _ after: Reading) -> Double {
    (before.rates[0] + after.rates[0]) / 2 / quietRates[0]
  }

  /// What the FMA peak gives when nothing disturbs it, in floating-point operations a second.
  public var quietPeak: Double { quietRates[0] }
}
