public import BatchTraining

/// The number by which training runs are compared.
public enum RunMeasure: String, Sendable, Hashable {
  /// The share of examples predicted right; more is better.
  case accuracy
  /// The mean loss, where targets are values; less is better.
  case loss

  /// Whether more is better.
  public var moreIsBetter: Bool { self == .accuracy }

  /// The measure on the validation part.
  public func validation(_ record: EvaluationRecord) -> Double {
    self == .accuracy ? record.validationAccuracy ?? .nan : record.validationLoss
  }

  /// The measure on the training part.
  public func training(_ record: EvaluationRecord) -> Double {
    self == .accuracy ? record.trainingAccuracy ?? .nan : record.trainingLoss
  }

  /// The measure on the test part; nil for a run that diverged.
  public func test(_ outcome: TrainedOutcome) -> Double? {
    self == .accuracy ? outcome.testAccuracy : outcome.testLoss
  }

  /// The measure for runs: accuracy where they have one, else the loss.
  static func of(_ runs: some Sequence<TrainedRun>) -> RunMeasure {
    runs.contains { $0.last.validationAccuracy != nil } ? .accuracy : .loss
  }
}
