/// T = V·diag(λ)·Vᵀ of a symmetric tridiagonal matrix, such as the one that n Lanczos steps leave.
///
/// Computed by divide and conquer (LAPACK `stevd`), on one thread.
public struct TridiagonalEigendecomposition<S: Scalar>: Sendable {
  /// The eigenvalues λ, ascending; n of them.
  public let values: [S]
  /// The eigenvectors V, n×n: column j has length 1 and belongs to `values[j]`.
  public let vectors: Matrix<S>

  /// The first component of every eigenvector; n of them.
  ///
  /// Their squares add to 1 and are the weights of the Gauss quadrature whose nodes are ``values``
  /// (Golub & Welsch 1969): uᵀf(A)u ≈ Σ firstComponents[j]²·f(values[j]) after Lanczos from a unit vector u.
  public var firstComponents: [S] { (0..<vectors.columns).map { vectors[0, $0] } }

  /// Decomposes the n×n matrix with `diagonal` (n elements) and `offDiagonal` (n − 1; none when n is 0) beside it.
  ///
  /// - Throws: ``AlgebraError`` when the lengths do not fit, an element is a NaN or an infinity, the matrix is too
  ///   large for LAPACK (beyond n = 46 338), memory cannot be had, or the iteration does not converge.
  public init(diagonal: [S], offDiagonal: [S]) throws(AlgebraError) {
    (values, vectors) = try Self.solve(diagonal, offDiagonal, .vectors)
  }

  /// The eigenvalues alone, ascending, in a time that grows with n².
  ///
  /// - Throws: as ``init(diagonal:offDiagonal:)``.
  public static func values(diagonal: [S], offDiagonal: [S]) throws(AlgebraError) -> [S] {
    try solve(diagonal, offDiagonal, .values).values
  }

  private static func solve(
    _ diagonal: [S], _ offDiagonal: [S], _ job: LAPACKJob
  ) throws(AlgebraError) -> (values: [S], vectors: Matrix<S>) {
    let operation = "tridiagonal eigendecomposition"
    let n = diagonal.count
    guard offDiagonal.count == max(n - 1, 0) else {
      throw .shape(
        ShapeError(
          "\(operation): the diagonal has \(n) elements and the one beside it \(offDiagonal.count); "
            + "it must have \(max(n - 1, 0))"))
    }
    try requireFinite(operation, "diagonal", diagonal)
    try requireFinite(operation, "off-diagonal", offDiagonal)
    let side = job == .vectors ? n : 0
    var vectors = try allocating { () throws(AllocationError) in try Matrix<S>(rows: side, columns: side) }
    guard n > 0 else { return ([], vectors) }
    var values = diagonal
    // LAPACK wants room for one element even when there is none.
    var beside = offDiagonal + [0]
    let minimum =
      job == .vectors
      ? WorkspaceMinimum(reals: 1 + 4 * n + n * n, integers: 3 + 5 * n) : WorkspaceMinimum(reals: 1)
    try vectors.withMutableView { view throws(AlgebraError) in
      try callLAPACK(
        operation, routine: "stevd", minimum: minimum,
        meaning: "the iteration did not converge, which happens to badly scaled matrices; scale the matrix to "
          + "entries near 1, or compute in Double"
      ) { workspace in S.lapackSTEVD(job, n, &values, &beside, view.baseAddress, workspace) }
    }
    guard job == .vectors else { return (values, vectors) }
    let columns = try allocating { () throws(AllocationError) in try vectors.transposed() }
    return (values, columns)
  }
}
