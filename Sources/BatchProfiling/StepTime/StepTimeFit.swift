import BatchFoundation
import Glibc

/// The segmented line through step times whose number of segments pays for itself, and its resamples.
struct StepTimeFit {
  /// The measurements.
  let series: StepTimeSeries
  /// The line through the medians.
  let line: SegmentedLine
  /// The medians of each resample of the cycles.
  let resampledMedians: [[Double]]
  /// The line with the same nodes through the medians of each resample, each moved by what the form of the model may be
  /// wrong by.
  let resampledLines: [SegmentedLine]
  /// How far times may lie from the line beyond their noise, in relation to the time.
  ///
  /// The standard deviation of the residuals, widened by Student's t as there are few.
  let formDeviation: Double
  private let seed: UInt64

  /// The relative deviation from the line that nobody minds: noise below it opens no further segment.
  private static var tolerance: Double { 0.01 }

  /// Fits the points.
  ///
  /// - Throws: ``StepTimeError`` when there are fewer than three batch sizes, or something is wrong with them.
  init(
    _ points: [StepTimePoint], maximumSegments: Int, resamples: Int, seed: UInt64
  ) throws(StepTimeError) {
    precondition((1...3).contains(maximumSegments), "\(maximumSegments) segments instead of 1 to 3")
    let series = try StepTimeSeries(points, needing: 3)
    let resampled = series.resampledMedians(resamples, seed: seed)
    let fit = Self.chosenFit(series, resampled, maximumSegments)
    self.series = series
    let (line, error) = fit.line(through: series.medians)
    self.line = line
    self.seed = seed
    // A value at each node is a parameter, and the place of each inner one.
    let free = max(1, series.batches.count - 2 * fit.nodes.count + 2)
    let noise = Self.relativeVariance(of: series.medians, resampled)
    // A deviation from so few residuals may be much larger than it seems: Student's t over the normal quantile. Less than
    // a billionth is rounding.
    let seen = max(0, error / Double(free) - noise).squareRoot()
    let deviation = seen < 1e-9 ? 0 : seen * StudentT.quantile975(degreesOfFreedom: free) / 1.959_964
    formDeviation = deviation
    resampledMedians = resampled
    var random = RandomStream(seed: seed, name: "form of the line")
    resampledLines = resampled.map { medians in
      fit.line(through: medians.map { $0 * exp(deviation * random.normal()) }).line
    }
  }

  /// What the line foretells at a batch size, with the interval that a measurement there should lie in but for its own
  /// noise.
  func prediction(at batch: Int) -> BootstrapEstimate {
    var random = RandomStream(seed: seed, name: "foretold", index: UInt64(batch))
    return BootstrapEstimate(
      line.value(at: batch),
      resampled: resampledLines.map { $0.value(at: batch) * exp(formDeviation * random.normal()) })
  }

  /// The fit of the least Σ(line/T − 1)²/σ² + 3k·ln n with k inner knots and n batch sizes.
  ///
  /// Three parameters a knot, instead of the two of a plain BIC, pay for the choice of its place: the criterion BIC3 of
  /// Kim et al. (*Data-driven choice of a model selection method in joinpoint regression*, J. Appl. Stat. 2022), here
  /// with a known variance. σ² comes from the resamples, not from the residuals: six sizes and three segments leave two
  /// residuals, of which the small-sample AIC allows no use at all and a BIC makes a near-perfect fit to noise.
  ///
  /// Of simulated straight lines (6 and 12 sizes, 10 and 30 cycles) at most 1 in 100 was split where the noise of a
  /// sample was 5 %, and 7 where it was 15 %. With two parameters a knot it was up to 5 and 14, with the BIC of the
  /// residuals 32 to 91.
  private static func chosenFit(
    _ series: StepTimeSeries, _ resampled: [[Double]], _ maximumSegments: Int
  ) -> SegmentedFit {
    let variance = tolerance * tolerance + relativeVariance(of: series.medians, resampled)
    let inner = 1..<series.batches.count - 1
    var best: (fit: SegmentedFit, criterion: Double)?
    for knots in [[]] + inner.flatMap({ first in [[first]] + (first + 1..<inner.upperBound).map { [first, $0] } })
    where knots.count < maximumSegments {
      let fit = SegmentedFit(batches: series.batches, knots: knots)
      let price = 3 * Double(knots.count) * log(Double(series.batches.count))
      let criterion = fit.line(through: series.medians).error / variance + price
      if best.map({ criterion < $0.criterion }) ?? true { best = (fit, criterion) }
    }
    guard let best else { preconditionFailure("a fit without candidates") }
    return best.fit
  }

  /// The variance of a median in relation to it, the mean over the batch sizes.
  private static func relativeVariance(of medians: [Double], _ resampled: [[Double]]) -> Double {
    var sum = 0.0
    for (index, median) in medians.enumerated() {
      for values in resampled { sum += (values[index] / median - 1) * (values[index] / median - 1) }
    }
    return sum / Double(medians.count * resampled.count)
  }
}
