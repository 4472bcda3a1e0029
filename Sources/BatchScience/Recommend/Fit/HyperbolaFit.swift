import BatchFoundation
import Glibc

/// The hyperbola S(B) = S_min(1 + B_c/B) through measured updates to a goal, with intervals.
///
/// As McCandlish et al. 2018 (arXiv 1812.06162) fit it: least squares on ln S, every batch size of the same
/// weight. Two errors count in the 95 % intervals: that of the seeds, which are drawn anew within each size (Efron &
/// Tibshirani 1993, chapter 13), and that of the form: what the sizes' means deviate from the curve beyond the seeds'
/// noise moves them in every draw, widened by Student's t. With one seed a size all deviation counts as that of the
/// form. Sizes of which a run was stopped before the goal are left out, for their means are not known.
public struct HyperbolaFit: Sendable, Hashable {
  /// A quantity of the curve, with its 95 % interval.
  public struct Estimate: Sendable, Hashable, Codable {
    /// The value of the best curve; nil where it is beyond all bounds.
    public var value: Double?
    /// The lower end.
    public var low: Double
    /// The upper end; nil where there is none.
    public var high: Double?
  }

  /// The batch B_c at which twice the least updates and twice the least examples are needed.
  public let criticalBatch: Estimate
  /// S_min, the updates that ever larger batches approach.
  public let minimumSteps: Estimate
  /// E_min = S_min·B_c, the examples that ever smaller batches approach.
  public let minimumExamples: Estimate
  /// The root of the mean square that the sizes' mean ln S lie from the curve: about a share of S.
  public let deviation: Double
  /// The batch sizes that the curve goes through, ascending.
  public let batches: [Int]
  /// The geometric mean of the updates over the seeds at each of ``batches``.
  public let means: [Double]
  /// The batch sizes that were left out, since a run of them did not reach the goal, ascending.
  public let stoppedBatches: [Int]
  private let curve: LogHyperbola

  /// Fits the curve to at least three batch sizes; the same runs and seed give the same fit.
  ///
  /// - Throws: ``CostEvidenceError`` when fewer sizes reached the goal in all runs, or steps are not above 0 and
  ///   finite.
  public init(_ runs: [StepsToGoal], resamples: Int = 999, seed: UInt64 = 0) throws(CostEvidenceError) {
    precondition(resamples >= 39, "\(resamples) resamples have no outer 2.5 %")
    let reached = try runs.logStepsByBatch()
    let stopped = Set(runs.filter(\.isLowerBound).map(\.batch))
    let sizes = reached.filter { !stopped.contains($0.batch) }
    guard sizes.count >= 3 else { throw .tooFewSizes(count: sizes.count, needed: 3) }
    batches = sizes.map(\.batch)
    stoppedBatches = stopped.sorted()
    let logMeans = sizes.map { Sample($0.logSteps).mean }
    means = logMeans.map { exp($0) }
    let search = HyperbolaSearch(batches: batches)
    curve = search.fit(logMeans)
    deviation = (search.squares(of: curve, logMeans) / Double(sizes.count)).squareRoot()

    let errors = HyperbolaErrors(sizes.map(\.logSteps), squares: search.squares(of: curve, logMeans))
    var stream = RandomStream(seed: seed, name: "hyperbola")
    let drawn = (0..<resamples).map { _ in search.fit(errors.draw(about: logMeans, &stream)) }
    criticalBatch = Self.estimate(curve, drawn, search) { $0.logCritical }
    minimumSteps = Self.estimate(curve, drawn, search) { $0.logMinimum }
    minimumExamples = Self.estimate(curve, drawn, search) { $0.logExamples }
  }

  /// The updates that the curve has at a batch.
  public func steps(at batch: Int) -> Double { exp(curve.logSteps(atLog: log(Double(batch)))) }

  /// What a larger batch than this one buys, by the best curve.
  public func regime(of batch: Int) -> ScalingRegime {
    ScalingRegime(of: Double(batch), criticalBatch: criticalBatch.value ?? .infinity)
  }

  /// Whether the critical batch lies beyond the sizes tried: steps still fall with the batch at the largest.
  public var hasNoPlateau: Bool {
    guard let value = criticalBatch.value, criticalBatch.high != nil else { return true }
    return value > Double(batches[batches.count - 1])
  }

  /// What the sizes tried can tell of a critical batch: outside, the updates differ from those without it by less than a
  /// tenth at every size, or lie as close to what they would be if each doubling halved them.
  public var toldCriticalBatches: ClosedRange<Double> {
    Double(batches[0]) / 10...Double(batches[batches.count - 1]) * 10
  }

  private static func estimate(
    _ curve: LogHyperbola, _ drawn: [LogHyperbola], _ search: HyperbolaSearch, _ logarithm: (LogHyperbola) -> Double
  ) -> Estimate {
    let interval = centralInterval(drawn.map(logarithm))
    let value = exp(logarithm(curve))
    let (low, high) = (min(exp(interval.lowerBound), value), max(exp(interval.upperBound), value))
    // Of a critical batch that no draw bounds it is known that it is beyond the search.
    return Estimate(
      value: value.isFinite ? value : nil, low: low.isFinite ? low : exp(search.limits.upperBound),
      high: high.isFinite ? high : nil)
  }
}

/// What the mean ln S of batch sizes may deviate from a curve by.
private struct HyperbolaErrors {
  /// Each run's ln S less the mean of its size, widened for the few seeds that there are; none where a size has one.
  private let rests: [[Double]]
  /// The error of a size of one seed, where other sizes have more; 0 where none has.
  private let singleError: Double
  /// The deviation of the means from the form beyond the noise of the seeds, widened by Student's t.
  private let formError: Double

  init(_ sizes: [[Double]], squares: Double) {
    let samples = sizes.map(Sample.init)
    let degrees = samples.reduce(0) { $0 + $1.count - 1 }
    let within = samples.reduce(0) { $0 + ($1.variance ?? 0) * Double($1.count - 1) }
    let variance = degrees > 0 ? within / Double(degrees) : 0
    let stretch = degrees > 0 ? Self.stretch(degrees) : 0
    rests = samples.map { sample in
      guard sample.count > 1 else { return [] }
      let widening = stretch * (Double(sample.count) / Double(sample.count - 1)).squareRoot()
      return sample.values.map { ($0 - sample.mean) * widening }
    }
    singleError = stretch * variance.squareRoot()
    let noise = samples.reduce(0) { $0 + variance / Double($1.count) } / Double(samples.count)
    let free = samples.count - 2
    formError = max(0, squares / Double(free) - noise).squareRoot() * Self.stretch(free)
  }

  func draw(about means: [Double], _ stream: inout RandomStream) -> [Double] {
    zip(means, rests).map { mean, rests in
      var value = mean + formError * stream.normal()
      if rests.isEmpty {
        value += singleError * stream.normal()
      } else {
        for _ in rests { value += rests[stream.integer(below: rests.count)] / Double(rests.count) }
      }
      return value
    }
  }

  private static func stretch(_ degrees: Int) -> Double {
    StudentT.quantile975(degreesOfFreedom: degrees) / 1.959_964
  }
}
