public import BatchFoundation

/// Operands whose shapes do not fit.
public struct ShapeError: DiagnosticError, Equatable {
  /// The operation and the shapes, ready to be read.
  public let problem: String

  /// An error that names the operation and what does not fit.
  public init(_ problem: String) { self.problem = problem }

  public var diagnosis: Diagnosis { Diagnosis(.usage, problem) }
}
