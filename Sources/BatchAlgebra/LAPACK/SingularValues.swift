/// A = U·diag(s)·Vᵀ with orthonormal columns in U and orthonormal rows in Vᵀ, in the thin form.
public struct SingularValues<S: Scalar>: Sendable {
  /// [m, k] with k = min(m, n).
  public let u: Matrix<S>
  /// The k singular values, descending.
  public let values: [S]
  /// [k, n].
  public let vTransposed: Matrix<S>

  /// Decomposes an m×n matrix by divide and conquer (LAPACK gesdd on the transpose: Aᵀ = V·diag(s)·Uᵀ).
  ///
  /// - Throws: ``AlgebraError`` for a matrix that is not finite, or an iteration that does not converge.
  public init(_ a: Matrix<S>) throws(AlgebraError) {
    let (m, n, k) = (a.rows, a.columns, min(a.rows, a.columns))
    let work = try LAPACKInput.copy(a, for: "gesdd")
    let values: AlignedBuffer<S> = try LAPACKInput.zeros(k)
    let left: AlignedBuffer<S> = try LAPACKInput.zeros(n * k)
    let right: AlignedBuffer<S> = try LAPACKInput.zeros(k * m)
    if k > 0 {
      try LAPACKInput.check(
        S.lapackSVD(n, m, work.baseAddress, values.baseAddress, left.baseAddress, right.baseAddress), "gesdd",
        "the iteration did not converge; scale the matrix to elements near 1")
    }
    u = try LAPACKInput.matrix(right, rows: m, columns: k)
    self.values = Array(values.elements)
    vTransposed = try LAPACKInput.matrix(left, rows: k, columns: n)
  }
}
