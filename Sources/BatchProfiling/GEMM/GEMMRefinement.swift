import BatchAlgebra
import BatchFoundation

/// Adds batch sizes to curves whose throughput falls, until every fall lies between two neighbours, and times both
/// sides of it well.
struct GEMMRefinement<S: Scalar> {
  let cases: GEMMCases<S>
  let gates: [Int: DisturbanceGate]
  let ceilings: MachineCeilings
  let timing: TimingSettings

  /// Halving a gap of 2¹⁰ takes ten rounds.
  private static var rounds: Int { 12 }
  /// The seconds that samples of an added product may be tried for.
  private static var secondsPerProduct: Double { 0.1 }
  /// At most so many products a round: the deepest falls first.
  private static var widest: Int { 48 }

  /// Adds keys and their samples; returns whether it was stopped.
  func refine(
    _ keys: inout [GEMMPointKey], _ samples: inout [GEMMPointKey: TimedSamples], _ observer: InterleavedTimer.Observer
  ) -> Bool {
    var coarse = timing
    (coarse.minimumCycles, coarse.maximumCycles) = (6, 6)
    for _ in 0..<Self.rounds {
      let missing = missing(keys, samples).filter { samples[$0] == nil }.prefix(Self.widest)
      guard !missing.isEmpty else { break }
      coarse.maximumSeconds = Self.secondsPerProduct * Double(missing.count)
      let result = InterleavedTimer(settings: coarse, gates: gates).run(
        cases.work(Array(missing), ceilings: ceilings), observer)
      guard !result.wasStopped else { return true }
      store(result.samples, of: Array(missing), in: &samples)
      keys += missing
    }
    // Six samples find a fall; to tell how deep it is both sides are timed together.
    let sides = sides(keys, samples)
    guard !sides.isEmpty else { return false }
    var fine = timing
    fine.maximumSeconds = max(1, timing.maximumSeconds / 4)
    let result = InterleavedTimer(settings: fine, gates: gates).run(
      cases.work(sides, ceilings: ceilings), observer)
    guard !result.wasStopped else { return true }
    store(result.samples, of: sides, in: &samples)
    return false
  }

  /// Counts the cycles of a run on from those before: cycles of two runs must not pass for the same.
  private func store(
    _ taken: [TimedSamples], of keys: [GEMMPointKey], in samples: inout [GEMMPointKey: TimedSamples]
  ) {
    let first = (samples.values.compactMap { $0.cycles.max() }.max() ?? -1) + 1
    for (key, taken) in zip(keys, taken) { samples[key] = taken.countingCycles(from: first) }
  }

  private func curves(
    _ keys: [GEMMPointKey], _ samples: [GEMMPointKey: TimedSamples]
  ) -> [(key: GEMMPointKey, curve: [(batch: Int, seconds: Double)])] {
    // A fall beside a busy machine is no reason to look closer.
    let timed = keys.filter { key in samples[key].map { !$0.times.isEmpty && $0.gotQuiet } ?? false }
    return Dictionary(grouping: timed) { $0.with(batch: 0) }.sorted { "\($0.key)" < "\($1.key)" }.map { key, members in
      let batches = members.map(\.batch).sorted()
      return (key, batches.map { ($0, medianValue(samples[key.with(batch: $0)]?.times ?? [.infinity])) })
    }
  }

  private func missing(_ keys: [GEMMPointKey], _ samples: [GEMMPointKey: TimedSamples]) -> [GEMMPointKey] {
    curves(keys, samples).flatMap { key, curve in
      CurveRefinement(curve: curve).missing.map { key.with(batch: $0) }
    }
  }

  /// The products on both sides of every fall that may count as a cliff and was found by few samples, by all engines
  /// that were timed at them: so that they can be compared in the same cycles.
  private func sides(_ keys: [GEMMPointKey], _ samples: [GEMMPointKey: TimedSamples]) -> [GEMMPointKey] {
    var sides: Set<GEMMPointKey> = []
    for (key, curve) in curves(keys, samples) {
      for (before, after) in zip(curve, curve.dropFirst()) {
        let change = Double(after.batch) / after.seconds / (Double(before.batch) / before.seconds)
        let pair = [key.with(batch: before.batch), key.with(batch: after.batch)]
        guard change < Cliff.threshold, pair.contains(where: { samples[$0]?.times.count ?? 0 < timing.minimumCycles })
        else { continue }
        sides.formUnion(pair)
      }
    }
    let products = Set(sides.map { $0.with(engine: "") })
    return keys.filter { products.contains($0.with(engine: "")) }
  }
}

/// Batch sizes that a curve of times still lacks: where the throughput falls between two that are not neighbours.
struct CurveRefinement {
  /// A curve's batch sizes and times in seconds, ascending.
  let curve: [(batch: Int, seconds: Double)]

  /// A fall of the throughput to less than this share is looked into: a smaller fall than a cliff's, since rises on both
  /// sides often hide a part of it.
  static var keptShare: Double { 0.97 }

  /// The middle of each gap over which the throughput falls.
  ///
  /// A larger batch can only cost more examples a second through some step within the gap: halving finds it.
  var missing: [Int] {
    zip(curve, curve.dropFirst()).compactMap { before, after in
      guard after.batch - before.batch > 1 else { return nil }
      let change = Double(after.batch) / after.seconds / (Double(before.batch) / before.seconds)
      return change < Self.keptShare ? (before.batch + after.batch) / 2 : nil
    }
  }
}
