public import BatchFoundation

/// An operand that holds a NaN or an infinity, where a factorisation would not end or end in NaNs.
public struct NotFiniteError: DiagnosticError, Equatable {
  /// The operation, such as `singular value decomposition`.
  public var operation: String
  /// Where the first such element lies, such as `row 3, column 0`.
  public var place: String
  /// The element: `nan`, `inf` or `-inf`.
  public var value: String

  /// The error for one element.
  public init(operation: String, place: String, value: String) {
    self.operation = operation
    self.place = place
    self.value = value
  }

  public var diagnosis: Diagnosis {
    Diagnosis(
      .numerical, "\(operation): \(place) is \(value)",
      hint: "only finite numbers can be factorised: find where the value comes from (a diverged run, a division by "
        + "zero) or drop the row")
  }
}

/// Refuses a matrix with an element that is not finite.
@specialized(where S == Float)
@specialized(where S == Double)
func requireFinite<S: Scalar>(
  _ operation: String, _ name: String, _ matrix: MatrixView<S>
) throws(AlgebraError) {
  for i in 0..<matrix.rows {
    for j in 0..<matrix.columns where !matrix[i, j].isFinite {
      throw .notFinite(
        NotFiniteError(operation: operation, place: "\(name) row \(i), column \(j)", value: "\(matrix[i, j])"))
    }
  }
}

/// Refuses a vector with an element that is not finite.
@specialized(where S == Float)
@specialized(where S == Double)
func requireFinite<S: Scalar>(_ operation: String, _ name: String, _ vector: [S]) throws(AlgebraError) {
  for (i, value) in vector.enumerated() where !value.isFinite {
    throw .notFinite(NotFiniteError(operation: operation, place: "\(name) element \(i)", value: "\(value)"))
  }
}
