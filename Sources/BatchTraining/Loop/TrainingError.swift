public import BatchFormats
public import BatchFoundation

/// A training run that cannot be set up.
public enum TrainingError: DiagnosticError, Equatable {
  /// The model cannot be built, or does not fit the data.
  case model(ModelError)
  /// The data cannot be sampled as planned.
  case data(DataError)
  /// The plan makes no sense.
  case plan(String)

  public var diagnosis: Diagnosis {
    switch self {
    case .model(let error): error.diagnosis
    case .data(let error): error.diagnosis
    case .plan(let reason): Diagnosis(.usage, reason)
    }
  }
}
