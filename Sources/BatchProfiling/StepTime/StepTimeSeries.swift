import BatchFoundation

/// Step times of several batch sizes, checked, in ascending order of the batches.
struct StepTimeSeries {
  /// The batch sizes, ascending.
  let batches: [Int]
  /// The median seconds at each batch size.
  let medians: [Double]
  /// The seconds at each batch size, ascending, each with its cycle.
  private let sorted: [[(cycle: Int, seconds: Double)]]
  /// The number of cycles.
  let cycles: Int

  /// Below five, the range of the samples itself holds their median less often than in 95 % of cases: 1 − 2¹⁻ⁿ.
  static var fewestCycles: Int { MedianBootstrap.leastCount }

  /// Checks the points and sorts them.
  ///
  /// - Throws: ``StepTimeError`` that names what is wrong with them.
  init(_ points: [StepTimePoint], needing needed: Int) throws(StepTimeError) {
    let points = points.sorted { $0.batch < $1.batch }
    guard points.count >= max(needed, 1) else { throw .tooFewSizes(count: points.count, needed: max(needed, 1)) }
    cycles = points[0].seconds.count
    guard cycles >= Self.fewestCycles else { throw .tooFewCycles(count: cycles, needed: Self.fewestCycles) }
    for (index, point) in points.enumerated() {
      guard point.batch >= 1 else { throw .noBatch(point.batch) }
      guard index == 0 || points[index - 1].batch < point.batch else { throw .repeatedBatch(point.batch) }
      guard point.seconds.count == cycles else {
        throw .cyclesDiffer(batch: point.batch, count: point.seconds.count, expected: cycles)
      }
      for (cycle, seconds) in point.seconds.enumerated() {
        guard seconds > 0, seconds.isFinite else { throw .noTime(batch: point.batch, cycle: cycle, seconds: seconds) }
      }
    }
    batches = points.map(\.batch)
    medians = points.map(\.median)
    sorted = points.map { point in
      point.seconds.enumerated().map { (cycle: $0.offset, seconds: $0.element) }.sorted { $0.seconds < $1.seconds }
    }
  }

  /// The length of the blocks of cycles that are drawn whole: the cube root of the number of cycles, rounded.
  ///
  /// The rate is Künsch's (*The jackknife and the bootstrap for general stationary observations*, Annals of Statistics
  /// 1989): neighbouring cycles are disturbed alike, and drawn singly they would seem to tell more than they do.
  var blockLength: Int {
    var length = 1
    // (2l + 1)³ ≤ 8n says l + 1/2 ≤ ∛n, without the rounding of a root.
    while (2 * length + 1) * (2 * length + 1) * (2 * length + 1) <= 8 * cycles { length += 1 }
    return length
  }

  /// The medians at each batch size, for each of `count` resamples of the cycles.
  ///
  /// A resample draws ``CircularBlocks`` of cycles, the same for all batch sizes.
  func resampledMedians(_ count: Int, seed: UInt64) -> [[Double]] {
    precondition(count >= 39, "\(count) resamples have no outer 2.5 %")
    var stream = RandomStream(seed: seed, name: "cycles")
    let blocks = CircularBlocks(count: cycles, length: blockLength)
    var times = [Int](repeating: 0, count: cycles)
    return (0..<count).map { _ in
      for cycle in times.indices { times[cycle] = 0 }
      blocks.draw(&stream) { times[$0] += 1 }
      return sorted.map { median($0, drawn: times) }
    }
  }

  /// The median of sorted samples of which each counts as often as its cycle was drawn.
  private func median(_ samples: [(cycle: Int, seconds: Double)], drawn times: [Int]) -> Double {
    var count = 0
    var lower: Double?
    for sample in samples {
      count += times[sample.cycle]
      if lower == nil, count > (cycles - 1) / 2 { lower = sample.seconds }
      if let lower, count > cycles / 2 { return (lower + sample.seconds) / 2 }
    }
    preconditionFailure("fewer samples were drawn than there are cycles")
  }
}
