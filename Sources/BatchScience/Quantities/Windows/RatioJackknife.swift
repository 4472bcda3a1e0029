import BatchFoundation
import Glibc

/// How sure the ratio of the means of two numbers over a window of updates is, by the delete-a-block jackknife.
///
/// Blocks of neighbouring updates are left out one at a time, and the spread of what is left tells the standard error
/// (Quenouille 1949, Tukey 1958; of series with memory Künsch 1989, §2). Corrections make 95 % intervals cover what
/// they should from 20 updates on:
/// - A straight trend beyond doubt is no error of the window's own ratio, and is taken out.
/// - Blocks are as long as the ``Autocorrelation`` of the linearised ratio asks for, at most a quarter of the window, and
///   the covariance that is left between neighbouring blocks is added.
/// - Ends are Student's t at one degree of freedom fewer than there are blocks, two fewer with a trend.
struct RatioJackknife: Sendable, Hashable {
  /// What the error is told of.
  enum Scale: Sendable, Hashable {
    /// The ratio itself, which may have any sign.
    case plain
    /// Its logarithm: for a ratio above 0, whose error is a factor.
    case logarithm
  }

  /// Why there is no interval.
  enum Failure: Error, Hashable {
    /// Fewer updates than ``leastCount``.
    case tooFew
    /// Updates so alike that a block of them is to be of so many, more than there are.
    case shorterThanBlock(of: Int)
    /// A sum, or what is left of it without a block, is not above 0 and has no logarithm, or an end of the interval is
    /// beyond all numbers.
    case notPositive
  }

  /// The ratio of the means.
  let ratio: Double
  /// Half of the 95 % interval's width, of the ratio or its logarithm.
  let halfWidth: Double
  /// The 95 % interval of the ratio.
  let interval: ClosedRange<Double>

  /// Fewer updates than this have no interval.
  static var leastCount: Int { 8 }
  /// The number of blocks that a window has at least.
  static var leastBlocks: Int { 4 }
  /// A slope of so many standard errors, those of independent updates, is a trend beyond doubt.
  private static var trendThreshold: Double { 3 }

  /// The ratio of a window's means and its interval.
  init(_ series: PairSeries, _ scale: Scale) throws(Failure) {
    guard series.count >= Self.leastCount else { throw .tooFew }
    let (entries, sums) = (series.entries, series.sums)
    guard sums.y > 0 || (scale == .plain && sums.y != 0), scale == .plain || sums.x > 0 else { throw .notPositive }
    ratio = sums.x / sums.y

    var influences = Self.influences(entries, sums, scale)
    let line = Line(influences)
    let hasTrend = abs(line.slope) > Self.trendThreshold * line.slopeError
    if hasTrend { line.remove(from: &influences) }
    let correlation = Autocorrelation(influences)
    let asked = correlation.blockLength(entries.count)
    guard asked <= entries.count else { throw .shorterThanBlock(of: asked * series.width) }
    let blocks = entries.count / min(asked, entries.count / Self.leastBlocks)
    var left: [Double] = []
    left.reserveCapacity(blocks)
    for block in 0..<blocks {
      // Blocks differ by one entry at most.
      let range = block * entries.count / blocks..<(block + 1) * entries.count / blocks
      let rest = sums - entries[range].reduce(SIMD2(), +)
      guard scale == .plain || (rest.x > 0 && rest.y > 0) else { throw .notPositive }
      left.append(scale == .plain ? rest.x / rest.y : log(rest.x / rest.y))
    }
    var degrees = blocks - 1
    let mean = left.reduce(0, +) / Double(blocks)
    for block in left.indices { left[block] -= mean }
    if hasTrend, degrees > 2 {
      Line(left).remove(from: &left)
      degrees -= 1
    }
    let count = Double(blocks)
    let length = Double(entries.count) / count
    let squares = left.reduce(0) { $0 + $1 * $1 }
    var variance = squares * (count - 1) * (count - 1) / (count * Double(degrees))
    if correlation.first > 0 {
      // The mean that the blocks are compared with moves with them.
      variance *= correlation.covarianceBetweenBlocks(of: length) / (1 - 1 / count)
    }
    halfWidth = StudentT.quantile975(degreesOfFreedom: degrees) * variance.squareRoot()
    let (low, high) =
      switch scale {
      case .plain: (ratio - halfWidth, ratio + halfWidth)
      case .logarithm: (ratio * exp(-halfWidth), ratio * exp(halfWidth))
      }
    guard low.isFinite, high.isFinite else { throw .notPositive }
    interval = low...high
  }

  /// How far each entry moves the ratio, up to a factor that is common to all.
  private static func influences(_ entries: [SIMD2<Double>], _ sums: SIMD2<Double>, _ scale: Scale) -> [Double] {
    switch scale {
    case .plain: entries.map { $0.x - sums.x / sums.y * $0.y }
    case .logarithm: entries.map { $0.x / sums.x - $0.y / sums.y }
    }
  }
}

/// The straight line that is nearest to a series about 0, by least squares.
private struct Line {
  let slope: Double
  /// The standard error of the slope, were the rest independent.
  let slopeError: Double
  private let middle: Double

  init(_ values: [Double]) {
    let middle = Double(values.count - 1) / 2
    var (products, squares) = (0.0, 0.0)
    for (index, value) in values.enumerated() {
      products += (Double(index) - middle) * value
      squares += (Double(index) - middle) * (Double(index) - middle)
    }
    let slope = products / squares
    let rest = values.enumerated().reduce(0) { sum, next in
      let rest = next.element - slope * (Double(next.offset) - middle)
      return sum + rest * rest
    }
    (self.slope, self.middle) = (slope, middle)
    slopeError = (rest / Double(max(1, values.count - 2)) / squares).squareRoot()
  }

  func remove(from values: inout [Double]) {
    for index in values.indices { values[index] -= slope * (Double(index) - middle) }
  }
}
