/// How a measured batch size compares with the other measured ones: whether to avoid it, and which is better.
public struct BatchAdvice: Codable, Sendable, Hashable {
  /// The batch size.
  public let batch: Int
  /// The median seconds of a step.
  public let seconds: Double
  /// The smaller batch of the highest throughput; nil for the smallest.
  public let earlierBest: Int?
  /// The throughput over that of ``earlierBest``, from samples of the same cycles; nil for the smallest batch.
  public let relativeToEarlierBest: BootstrapEstimate?
  /// Whether a smaller batch surely has a throughput higher by more than ``worth``.
  public let isToAvoid: Bool
  /// A batch to take instead, where there is one.
  ///
  /// For a batch that ``isToAvoid``, the nearest by ratio, smaller or larger, with the throughput of the earlier best
  /// within the tolerance. For any other, the smallest larger one whose step takes no longer within the tolerance, so
  /// that its further examples are free.
  public let nextBetter: Int?

  /// What a change of batch must gain beyond doubt to be worth an advice.
  public static var worth: Double { 0.05 }

  /// The examples a second.
  public var throughput: Double { Double(batch) / seconds }

  /// The throughput over the best of any batch that is not larger; at most 1.
  public var relativeThroughput: Double { min(1, relativeToEarlierBest?.value ?? 1) }

  /// The advice for each of the points, in ascending order of their batches.
  ///
  /// Differences up to `tolerance`, 2 % unless given, count as none where a batch is taken for as good as another. Ratios
  /// are resampled by blocks of cycles, the same for both batch sizes.
  ///
  /// - Throws: ``StepTimeError`` when there are no points or fewer than five cycles, when sizes repeat or differ in
  ///   their cycles, or a time is not positive and finite.
  public static func advice(
    on points: [StepTimePoint], tolerance: Double = 0.02, resamples: Int = 999, seed: UInt64 = 0
  ) throws(StepTimeError) -> [BatchAdvice] {
    precondition(tolerance >= 0 && tolerance < 1, "a tolerance of \(tolerance)")
    let series = try StepTimeSeries(points, needing: 1)
    let resampled = series.resampledMedians(resamples, seed: seed)
    return series.batches.indices.map { advice(on: $0, of: series, resampled, tolerance) }
  }

  private static func advice(
    on index: Int, of series: StepTimeSeries, _ resampled: [[Double]], _ tolerance: Double
  ) -> BatchAdvice {
    let (batches, medians) = (series.batches, series.medians)
    func throughput(_ other: Int) -> Double { Double(batches[other]) / medians[other] }
    let best = (0..<index).max { throughput($0) < throughput($1) }
    let relative = best.map { best in
      let size = Double(batches[index]) / Double(batches[best])
      return BootstrapEstimate(
        size * medians[best] / medians[index], resampled: resampled.map { size * $0[best] / $0[index] })
    }
    let isToAvoid = relative.map { max($0.value, $0.interval.upperBound) < 1 - worth } ?? false
    let next: Int?
    if isToAvoid, let best {
      next = nearest(to: index, among: batches) { throughput($0) >= (1 - tolerance) * throughput(best) }
    } else {
      next = batches.indices.first { $0 > index && medians[$0] <= (1 + tolerance) * medians[index] }
    }
    return BatchAdvice(
      batch: batches[index], seconds: medians[index], earlierBest: best.map { batches[$0] },
      relativeToEarlierBest: relative, isToAvoid: isToAvoid, nextBetter: next.map { batches[$0] })
  }

  /// The index of the batch that is nearest by ratio among those that are good; of two equally near, the larger.
  private static func nearest(to index: Int, among batches: [Int], where isGood: (Int) -> Bool) -> Int? {
    let smaller = (0..<index).last(where: isGood)
    let larger = (index + 1..<batches.count).first(where: isGood)
    guard let smaller, let larger else { return smaller ?? larger }
    let batch = Double(batches[index])
    return Double(batches[larger]) / batch <= batch / Double(batches[smaller]) ? larger : smaller
  }
}
