public import BatchFormats

/// A training run that cannot be set up.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The model cannot be built, or does not fit the data.
  case model(ModelError)
  /// The data cannot be sampled as planned.
  case data(DataError)
  /// The plan makes no sense.
  case plan(String)

  public var description: String {
    switch self {
    case .model(let error): error.description
    case .data(let error): error.description
    case .plan(let reason): reason
    }
  }
}
