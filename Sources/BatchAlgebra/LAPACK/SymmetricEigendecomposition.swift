/// A = V·diag(λ)·Vᵀ of a symmetric matrix.
///
/// For an n×n matrix there are n values and n vectors; an empty matrix has none. Computed by divide and conquer
/// (LAPACK `syevd`), on one thread.
public struct SymmetricEigendecomposition<S: Scalar>: Sendable {
  /// The eigenvalues λ, ascending; n of them.
  public let values: [S]
  /// The eigenvectors V, n×n: column j has length 1 and belongs to `values[j]`.
  public let vectors: Matrix<S>

  /// Decomposes the n×n matrix `a`, of which only the upper triangle is read.
  ///
  /// - Throws: ``AlgebraError`` when `a` is not square, holds a NaN or an infinity, is too large for LAPACK (beyond
  ///   n = 32 766), memory cannot be had, or the iteration does not converge.
  public init(of a: Matrix<S>) throws(AlgebraError) {
    (values, vectors) = try Self.solve(a, .vectors)
  }

  /// The eigenvalues alone, ascending, at about a tenth of the cost.
  ///
  /// - Throws: as ``init(of:)``.
  public static func values(of a: Matrix<S>) throws(AlgebraError) -> [S] { try solve(a, .values).values }

  private static func solve(
    _ a: Matrix<S>, _ job: LAPACKJob
  ) throws(AlgebraError) -> (values: [S], vectors: Matrix<S>) {
    let operation = "symmetric eigendecomposition"
    try requireSquare(operation, a)
    try a.withView { view throws(AlgebraError) in try requireFinite(operation, "matrix", view) }
    let n = a.rows
    guard n > 0 else { return ([], a) }
    var work = a
    var values = [S](repeating: 0, count: n)
    // The row-major upper triangle is LAPACK's lower one.
    let minimum =
      job == .vectors
      ? WorkspaceMinimum(reals: 1 + 6 * n + 2 * n * n, integers: 3 + 5 * n) : WorkspaceMinimum(reals: 2 * n + 1)
    try work.withMutableView { matrix throws(AlgebraError) in
      try callLAPACK(
        operation, routine: "syevd", minimum: minimum,
        meaning: "the iteration did not converge, which happens to badly scaled matrices; scale the matrix to "
          + "entries near 1, or compute in Double"
      ) { workspace in S.lapackSYEVD(job, n, matrix.baseAddress, &values, workspace) }
    }
    guard job == .vectors else { return (values, work) }
    let vectors = try allocating { () throws(AllocationError) in try work.transposed() }
    return (values, vectors)
  }
}
