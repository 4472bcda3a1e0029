import BatchFoundation

/// The smallest measured batch size with most of the throughput that ever larger batches approach.
///
/// Beyond it a larger batch is hardly faster an example, so that what it does to learning decides.
public struct ThroughputKnee: Codable, Sendable, Hashable {
  /// The share of the asymptotic throughput that is asked for.
  public let share: Double
  /// The smallest measured batch with that share; nil when no measured batch has it.
  public let batch: Int?
  /// The lower end of the 95 % interval of ``batch``; nil when it lies beyond the measured sizes.
  public let earliest: Int?
  /// The upper end of the 95 % interval of ``batch``; nil when it lies beyond the measured sizes.
  public let latest: Int?

  /// Finds the knee of the points, and of `resamples` draws of blocks of cycles for the interval.
  ///
  /// The asymptote is that of the ``StepTimeModel`` of the same points and seed, and of its resamples.
  ///
  /// - Throws: ``StepTimeError`` as ``StepTimeModel/init(_:maximumSegments:resamples:seed:)`` does.
  public init(
    _ points: [StepTimePoint], share: Double = 0.9, resamples: Int = 999, seed: UInt64 = 0
  ) throws(StepTimeError) {
    precondition(share > 0 && share <= 1, "a share of \(share)")
    let fit = try StepTimeFit(points, maximumSegments: 3, resamples: resamples, seed: seed)
    let batches = fit.series.batches
    func knee(_ medians: [Double], _ line: SegmentedLine) -> Int {
      // Without a bound, β = 0, no batch has a share of it.
      let beta = line.betas[line.betas.count - 1]
      return batches.indices.first { beta * Double(batches[$0]) >= share * medians[$0] } ?? batches.count
    }
    let index = knee(fit.series.medians, fit.line)
    let middle = centralInterval(zip(fit.resampledMedians, fit.resampledLines).map(knee))
    func size(_ index: Int) -> Int? { index < batches.count ? batches[index] : nil }
    self.share = share
    batch = size(index)
    earliest = size(min(middle.lowerBound, index))
    latest = size(max(middle.upperBound, index))
  }
}
