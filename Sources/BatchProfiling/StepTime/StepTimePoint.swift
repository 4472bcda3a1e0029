import BatchFoundation

/// The measured durations of a training step of one batch size.
public struct StepTimePoint: Codable, Sendable, Hashable {
  /// The batch size.
  public var batch: Int
  /// The seconds of a step, one kept sample a cycle.
  ///
  /// Samples of equal index belong to the same cycle at every batch size, so that what disturbed a whole cycle can be
  /// told from what sets two batch sizes apart.
  public var seconds: [Double]

  /// A batch size and the seconds of its step, one a cycle.
  public init(batch: Int, seconds: [Double]) {
    self.batch = batch
    self.seconds = seconds
  }

  /// The middle of the seconds, or the mean of the two middle ones; of at least one.
  public var median: Double { medianValue(seconds) }
}
