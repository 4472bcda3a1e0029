/// Batch sizes that a curve of times still lacks: where the throughput falls between two that are not neighbours.
struct CurveRefinement {
  /// A curve's batch sizes and times in seconds, ascending.
  let curve: [(batch: Int, seconds: Double)]

  /// A fall of the throughput to less than this is looked into; less than what counts as a cliff, for the place of the
  /// fall is often flanked by rises.
  static var threshold: Double { 0.97 }

  /// The middle of each gap over which the throughput falls.
  ///
  /// A larger batch can only cost more examples a second through some step within the gap: halving finds it.
  var missing: [Int] {
    zip(curve, curve.dropFirst()).compactMap { before, after in
      guard after.batch - before.batch > 1 else { return nil }
      let change = Double(after.batch) / after.seconds / (Double(before.batch) / before.seconds)
      return change < Self.threshold ? (before.batch + after.batch) / 2 : nil
    }
  }
}
