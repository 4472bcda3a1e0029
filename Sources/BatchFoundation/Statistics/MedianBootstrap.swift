import Glibc

/// How far the median of a series of measurements may lie from the truth, by a block bootstrap.
///
/// Noise of a machine lasts: neighbours are alike, and intervals that take them for independent are too narrow. Blocks
/// of neighbours are therefore drawn, by ``CircularBlocks``. Three corrections make 95 % intervals cover what they
/// should for the few dozen samples that there are:
/// - A trend that is beyond doubt is taken out first (Theil 1950, Sen 1968), and the median told for the middle of the
///   run.
/// - Blocks are as long as the autocorrelation of the signs about the median asks for (Politis & White 2004 for a
///   series of first order), at least n^⅓.
/// - Draws are stretched by what few blocks hide: Student's t over the normal quantile, the lost degrees of freedom
///   1 − b/n, and the covariance across the edges of blocks.
package struct MedianBootstrap {
  /// The median of the series, of what is left of it where a trend was taken out.
  package let median: Double
  /// The medians of the drawn series, stretched about ``median``, in the order of drawing.
  package let draws: [Double]

  /// Fewer samples than this have no interval.
  package static var leastCount: Int { 5 }
  /// Kendall's τ between order and value from which on a trend counts as one.
  private static var trendThreshold: Double { 0.45 }

  /// Draws `count` times from a series in the order in which it was measured.
  package init(_ series: [Double], draws count: Int = 1000, seed: UInt64 = 1) {
    precondition(series.count >= Self.leastCount, "a bootstrap of \(series.count) samples")
    var values = series
    if abs(kendallTau(values)) > Self.trendThreshold { removeTrend(from: &values) }
    let center = medianValue(values)
    let correlation = Self.signCorrelation(values, about: center)
    let block = Self.blockLength(values.count, correlation)
    let stretch = Self.stretch(values.count, block, correlation)
    median = center
    var generator = RandomStream(seed: seed, name: "bootstrap")
    draws = Self.medians(values, block: block, count: count, &generator).map { center + ($0 - center) * stretch }
  }

  /// The 95 % interval of the median.
  package var interval: ClosedRange<Double> { centralInterval(draws) }

  /// The lag-one autocorrelation of the signs about the median, corrected for the bias of a short series (Kendall
  /// 1954), at least 0.
  private static func signCorrelation(_ values: [Double], about center: Double) -> Double {
    let signs = values.map { $0 > center ? 1.0 : $0 < center ? -1 : 0 }
    let variance = signs.reduce(0) { $0 + $1 * $1 }
    guard variance > 0 else { return 0 }
    let count = Double(values.count)
    let lagged = zip(signs, signs.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    let raw = lagged / (count - 1) / (variance / count)
    return min(0.9, max(0, raw + (1 + 3 * raw) / count))
  }

  private static func blockLength(_ count: Int, _ correlation: Double) -> Int {
    let root = cbrt(Double(count))
    let odds = 2 * correlation / (1 - correlation * correlation)
    let asked = (root * cbrt(odds * odds)).rounded()
    return min(max(Int(root.rounded()), Int(asked)), max(1, count / 4))
  }

  private static func stretch(_ count: Int, _ block: Int, _ correlation: Double) -> Double {
    let blocks = max(3, count / block)
    let student = StudentT.quantile975(degreesOfFreedom: blocks - 1) / 1.959_964
    let lost = 1 - Double(block) / Double(count)
    let edges = 1 - min(0.5, 2 * correlation / (1 - correlation * correlation) / Double(block))
    return student / (lost * edges).squareRoot()
  }

  private static func medians(
    _ values: [Double], block: Int, count: Int, _ generator: inout RandomStream
  ) -> [Double] {
    let blocks = CircularBlocks(count: values.count, length: block)
    var drawn: [Double] = []
    return (0..<count).map { _ in
      drawn.removeAll(keepingCapacity: true)
      blocks.draw(&generator) { drawn.append(values[$0]) }
      return medianValue(drawn)
    }
  }
}

/// The middle of the sorted values, or the mean of the two middle ones.
package func medianValue(_ values: [Double]) -> Double {
  precondition(!values.isEmpty, "a median of no values")
  let sorted = values.sorted()
  let half = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half]
}

/// The range that 95 % of the values lie in, from the value of rank ⌊0.025 (n + 1)⌋ to that of the same rank from
/// above.
///
/// A further draw lies between the values of ranks r and n + 1 − r with the probability (n + 1 − 2r)/(n + 1), which is
/// at least 95 % with this r; fewer than 39 values give all of their range, which is less.
package func centralInterval<Value: Comparable>(_ values: [Value]) -> ClosedRange<Value> {
  precondition(!values.isEmpty, "an interval of no values")
  let sorted = values.sorted()
  let rank = max(1, (sorted.count + 1) / 40)
  return sorted[rank - 1]...sorted[sorted.count - rank]
}
