public import BatchAlgebra
public import BatchFoundation
public import BatchProfiling
public import BatchTraining

/// A profile of training steps that cannot be made.
public enum StepProfileError: DiagnosticError, Equatable {
  /// There is nothing to time.
  case noBatchSizes
  /// A batch is larger than the data.
  case tooFewExamples(batch: Int, count: Int)
  /// A thread team cannot be had.
  case threads(ThreadTeamError)
  /// The ceilings of the machine cannot be measured.
  case ceilings(MachineCeilingsError)
  /// The loss of a batch is no number at the initial weights.
  case notFinite(batch: Int)
  /// Model, data and loss do not fit, or memory is short.
  case model(ModelError)

  public var diagnosis: Diagnosis {
    switch self {
    case .noBatchSizes: Diagnosis(.usage, "nothing to time: there are no batch sizes", hint: "name at least one")
    case .tooFewExamples(let batch, let count):
      Diagnosis(
        .usage, "a batch of \(batch) needs more examples than the \(count) that there are", hint: "time smaller batches"
      )
    case .threads(let error): error.diagnosis
    case .ceilings(let error): error.diagnosis
    case .notFinite(let batch):
      Diagnosis(
        .numerical,
        "the loss of a batch of \(batch) is no number at the initial weights: its step has no backward pass to be timed",
        hint: "look for missing or huge numbers in the data, and standardise them")
    case .model(let error): error.diagnosis
    }
  }
}
