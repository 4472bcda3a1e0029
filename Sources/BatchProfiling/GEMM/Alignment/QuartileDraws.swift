import BatchFoundation
import Glibc

/// How long points take undisturbed, as logarithms, and what else that might have been, drawn anew many times.
///
/// A delay only ever adds to a time, so that the lower quartile of a point's own samples leans on those that nothing
/// delayed (Chen & Revels 2016, arXiv 1608.04295). Cycles are drawn by blocks of neighbours and are the same for all
/// points: what slowed a cycle slowed all of them and cancels in their ratios. A point without a sample in a drawn cycle
/// is estimated from the others that it has.
struct QuartileDraws {
  /// The logarithm of each point's lower quartile, in seconds.
  let values: [GEMMPointKey: Double]
  /// The same of each drawn set of cycles.
  let draws: [GEMMPointKey: [Double]]
  /// What draws are stretched by about their value, for what few blocks hide: Student's t over the normal quantile, and
  /// the lost degrees of freedom.
  let stretch: Double

  /// Quartiles of the samples of points, those that were thrown away included.
  init(_ points: [GEMMPoint], draws count: Int = 400, seed: UInt64 = 1) {
    // By their ranks: a file may number them as it likes.
    let numbers = Set(points.flatMap(\.samples.cycles)).sorted()
    let ranks = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    let cycles = numbers.count
    let block = max(1, Int(cbrt(Double(cycles)).rounded()))
    let blocks = CircularBlocks(count: cycles, length: block)
    var generator = RandomStream(seed: seed, name: "alignment")
    var weights = [Int](repeating: 0, count: cycles)
    let samples = points.map { CycleSamples($0.samples, ranks: ranks) }
    let all = [Int](repeating: 1, count: cycles)
    var values: [GEMMPointKey: Double] = [:]
    for (point, own) in zip(points, samples) { values[point.key] = own.lowerQuartile(all).map { log($0) } }
    var drawn = [[Double]](repeating: [], count: points.count)
    if cycles > 0 {
      for _ in 0..<count {
        for index in weights.indices { weights[index] = 0 }
        blocks.draw(&generator) { weights[$0] += 1 }
        for (index, own) in samples.enumerated() {
          guard let value = values[points[index].key] else { continue }
          drawn[index].append(own.lowerQuartile(weights).map { log($0) } ?? value)
        }
      }
    }
    self.values = values
    draws = Dictionary(zip(points.map(\.key), drawn), uniquingKeysWith: { first, _ in first })
    let freedom = max(2, cycles / block - 1)
    stretch =
      StudentT.quantile975(degreesOfFreedom: freedom) / 1.959_964
      / (1 - Double(block) / Double(max(2, cycles))).squareRoot()
  }
}

/// A point's samples, the shortest first, with the rank of each one's cycle.
private struct CycleSamples {
  private let sorted: [(seconds: Double, cycle: Int)]

  init(_ samples: TimedSamples, ranks: [Int: Int]) {
    sorted = zip(samples.seconds, samples.cycles).map { ($0, ranks[$1] ?? 0) }.sorted { $0.seconds < $1.seconds }
  }

  /// The lower quartile where a cycle counts as often as it was drawn, between the two samples next to it; nil where none
  /// was drawn.
  func lowerQuartile(_ weights: [Int]) -> Double? {
    let count = sorted.reduce(0) { $0 + weights[$1.cycle] }
    guard count > 0 else { return nil }
    let position = 0.25 * Double(count - 1)
    let rank = Int(position)
    var (passed, lower) = (0, 0.0)
    for sample in sorted where weights[sample.cycle] > 0 {
      if passed <= rank { lower = sample.seconds }
      passed += weights[sample.cycle]
      if passed > rank + 1 || passed == count {
        let upper = passed > rank + 1 && lower != sample.seconds ? sample.seconds : lower
        return lower + (position - Double(rank)) * (upper - lower)
      }
    }
    return lower
  }
}

/// A logarithm that was estimated, with what else it might have been.
struct DrawnLogarithm {
  let value: Double
  /// Stretched about the value.
  let draws: [Double]

  /// What can be said of a ratio with this logarithm; without an interval where a point of it has too few samples.
  func comparison(margin: Double, hasInterval: Bool) -> SpeedComparison {
    guard hasInterval, !draws.isEmpty else { return SpeedComparison(ratio: exp(value), interval: nil, margin: margin) }
    let interval = centralInterval(draws)
    return SpeedComparison(
      ratio: exp(value), interval: exp(interval.lowerBound)...exp(interval.upperBound), margin: margin)
  }

  /// The mean of several: its draws hold what cycles do to all of them together, and how far they differ beyond that,
  /// since others might have been among them (random effects: DerSimonian & Laird 1986).
  static func mean(_ members: [DrawnLogarithm], seed: UInt64 = 1) -> DrawnLogarithm {
    let count = Double(members.count)
    let value = members.reduce(0) { $0 + $1.value } / count
    var draws = (0..<(members.map(\.draws.count).min() ?? 0)).map { draw in
      members.reduce(0) { $0 + $1.draws[draw] } / count
    }
    guard members.count > 1 else { return DrawnLogarithm(value: value, draws: draws) }
    let between = members.reduce(0) { $0 + ($1.value - value) * ($1.value - value) } / (count - 1)
    let within =
      members.reduce(0) { sum, member in
        let squares = member.draws.reduce(0) { $0 + ($1 - member.value) * ($1 - member.value) }
        return sum + squares / Double(max(1, member.draws.count))
      } / count
    let share = between > 0 ? (max(0, between - within) / between).squareRoot() : 0
    let student = StudentT.quantile975(degreesOfFreedom: members.count - 1) / 1.959_964
    var generator = RandomStream(seed: seed, name: "alignment pairs")
    for draw in draws.indices {
      let picked = (0..<members.count).reduce(0.0) { sum, _ in
        sum + members[generator.integer(below: members.count)].value
      }
      draws[draw] += (picked / count - value) * share * student
    }
    return DrawnLogarithm(value: value, draws: draws)
  }
}
