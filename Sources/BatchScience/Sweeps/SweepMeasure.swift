public import BatchTraining

/// The number by which the runs of a sweep are compared.
public enum SweepMeasure: String, Sendable, Hashable {
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

  /// The measure on the test part; nil for a trial that diverged.
  public func test(_ end: TrialEnd) -> Double? { self == .accuracy ? end.testAccuracy : end.testLoss }
}
