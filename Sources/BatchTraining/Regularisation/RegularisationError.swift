public import BatchFoundation

/// Settings of regularisation that make no sense.
public struct RegularisationError: DiagnosticError, Equatable {
  /// The setting, its value and what it must be.
  public let problem: String

  /// An error that names the setting, its value and what it must be.
  public init(_ problem: String) { self.problem = problem }

  public var diagnosis: Diagnosis { Diagnosis(.usage, problem) }
}
