public import BatchAlgebra
public import BatchTraining

/// A profile of training steps that cannot be made.
public enum StepProfileError: Error, Equatable, CustomStringConvertible {
  /// There is nothing to time.
  case noBatchSizes
  /// A batch is larger than the data.
  case tooFewExamples(batch: Int, count: Int)
  /// A thread team cannot be had.
  case threads(ThreadTeamError)
  /// The ceilings of the machine cannot be measured.
  case ceilings(MachineCeilingsError)
  /// Model, data and loss do not fit, or memory is short.
  case model(ModelError)

  public var description: String {
    switch self {
    case .noBatchSizes: "nothing to time: there are no batch sizes; name at least one"
    case .tooFewExamples(let batch, let count):
      "a batch of \(batch) needs more examples than the \(count) that there are; time smaller batches"
    case .threads(let error): error.description
    case .ceilings(let error): error.description
    case .model(let error): error.description
    }
  }
}
