import BatchTraining

/// The learning rate at the start of each epoch, as a scheduler of PyTorch gives it.
public struct ScheduleReference: Decodable {
  /// The names of the stored schedules.
  public static let names = [
    "step", "multi_step", "cosine", "cosine_end", "polynomial", "exponential", "one_cycle", "one_cycle_linear",
    "warm_up", "warm_up_share", "warm_up_cosine", "warm_up_step",
  ]
  /// How far a factor may be away: most of PyTorch's schedulers multiply the rate of the step before, so that rounding
  /// adds up.
  public static let tolerance = 1e-13

  /// What computed the values.
  public let maker: String
  /// The scheduler.
  public let torch: String
  /// The package's text of the same schedule.
  public let schedule: String
  /// The length of the training.
  public let epochs: Int
  private let factors: [Double]

  /// The largest difference of a factor at a whole epoch of so many examples.
  public func difference(examplesPerEpoch: Int) throws -> Double {
    guard factors.count == epochs + 1 else {
      throw UnfitReference(description: "\(factors.count) factors are not those of \(epochs) epochs")
    }
    let schedule = try ScheduleCodec.read(self.schedule)
    let found = factors.indices.map { epoch in
      schedule.factor(
        at: TrainingPosition(
          examples: epoch * examplesPerEpoch, examplesPerEpoch: examplesPerEpoch,
          totalExamples: epochs * examplesPerEpoch))
    }
    return largestDifference(found, factors)
  }
}
