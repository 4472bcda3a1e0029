public import BatchAlgebra
public import BatchFoundation

/// A model that cannot be built.
public enum ModelError: DiagnosticError, Equatable {
  /// A layer's settings make no sense.
  case invalidLayer(String)
  /// The text of a model is not understood.
  case unknownModel(text: String, reason: String)
  /// The model and the data or the loss do not fit.
  case mismatch(String)
  /// The parameters or activations do not fit in memory.
  case allocation(AllocationError)

  public var diagnosis: Diagnosis {
    switch self {
    case .invalidLayer(let reason): Diagnosis(.usage, reason)
    case .unknownModel(let text, let reason):
      Diagnosis(
        .usage, "unknown model '\(text)': \(reason)", hint: "write for example mlp:512,512 or mlp:256,256:tanh")
    case .mismatch(let reason): Diagnosis(.usage, reason)
    case .allocation(let error): error.diagnosis
    }
  }
}
