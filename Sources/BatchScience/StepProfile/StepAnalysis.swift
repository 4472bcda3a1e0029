public import BatchProfiling

/// What a profile of training steps comes to: the line of its times, how well it foretells, and which batch sizes to
/// use.
public struct StepAnalysis: Sendable, Hashable, Codable {
  /// The times by segments.
  public var model: StepTimeModel
  /// How well every other size foretells the ones between; nil for too few sizes.
  public var linearity: LinearityTest?
  /// The smallest batch size near the highest throughput.
  public var knee: ThroughputKnee?
  /// What to make of each batch size.
  public var advice: [BatchAdvice]

  /// Analyses a profile.
  ///
  /// - Throws: ``/BatchProfiling/StepTimeError`` for a profile of too few batch sizes or cycles.
  public init(_ profile: StepProfile) throws(StepTimeError) {
    let points = profile.timePoints
    model = try StepTimeModel(points)
    let fitted = Set(profile.plan.fittedSizes)
    linearity =
      fitted.isEmpty
      ? try? LinearityTest(points)
      : try? LinearityTest(
        fittedTo: points.filter { fitted.contains($0.batch) }, predicting: points.filter { !fitted.contains($0.batch) })
    knee = try? ThroughputKnee(points)
    advice = (try? BatchAdvice.advice(on: points)) ?? []
  }
}
