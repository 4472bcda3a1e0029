public import BatchProfiling

extension StepTimeDraws {
  /// Draws the step times of the sizes about which the machine got quiet.
  ///
  /// From the raw samples of the undisturbed cycles that these sizes share, where there are eight or more: what bore on
  /// a cycle then counts alike at all sizes. Else from each size's median and interval.
  ///
  /// - Throws: ``/BatchProfiling/StepTimeError`` when the machine got quiet about no size.
  public init(_ times: StepTimes, draws: Int = 1000, seed: UInt64 = 0) throws(StepTimeError) {
    let quiet = times.points.filter { $0.time != nil }
    let cycles = quiet.map { Set($0.samples.timedCycles) }
    let shared = cycles.dropFirst().reduce(cycles.first ?? []) { $0.intersection($1) }
    if shared.count >= 8 {
      let points = StepTimePoint.points(of: quiet.map { ($0.batch, $0.samples) })
      try self.init(points, draws: draws, seed: seed)
    } else {
      let curve = StepTimeCurve(times)
      let medians = quiet.compactMap { point in curve?[point.batch].map { (batch: point.batch, seconds: $0) } }
      try self.init(medians: medians, draws: draws, seed: seed)
    }
  }
}
