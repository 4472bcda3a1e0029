/// A = U·diag(σ)·Vᵀ: the thin singular value decomposition.
///
/// For an m×n matrix and k = min(m, n), U is m×k and Vᵀ is k×n. Computed by divide and conquer (LAPACK `gesdd`), on one
/// thread: LAPACK sees Aᵀ = V·diag(σ)·Uᵀ, so that its factors lie in memory as row-major Vᵀ and U.
public struct SingularValueDecomposition<S: Scalar>: Sendable {
  /// The singular values σ, descending and not negative; k of them.
  public let values: [S]
  /// The left singular vectors U, m×k: column j has length 1 and belongs to `values[j]`.
  public let u: Matrix<S>
  /// The right singular vectors Vᵀ, k×n: row j has length 1 and belongs to `values[j]`.
  public let vTransposed: Matrix<S>

  /// Decomposes the m×n matrix `a`.
  ///
  /// - Throws: ``AlgebraError`` when `a` holds a NaN or an infinity, is too large for LAPACK, memory cannot be had, or
  ///   the iteration does not converge.
  public init(of a: Matrix<S>) throws(AlgebraError) {
    (values, u, vTransposed) = try Self.solve(a, .vectors)
  }

  /// The singular values alone, descending.
  ///
  /// - Throws: as ``init(of:)``.
  public static func values(of a: Matrix<S>) throws(AlgebraError) -> [S] { try solve(a, .values).0 }

  private static func solve(_ a: Matrix<S>, _ job: LAPACKJob) throws(AlgebraError) -> ([S], Matrix<S>, Matrix<S>) {
    let operation = "singular value decomposition"
    try a.withView { view throws(AlgebraError) in try requireFinite(operation, "matrix", view) }
    let (m, n) = (a.rows, a.columns)
    let k = min(m, n)
    let side = job == .vectors ? k : 0
    var (u, vTransposed) = try allocating { () throws(AllocationError) in
      (try Matrix<S>(rows: m, columns: side), try Matrix<S>(rows: side, columns: n))
    }
    guard k > 0 else { return ([], u, vTransposed) }
    try fitting { () throws(ShapeError) in try requireBLASLength(operation, max(m, n)) }
    var values = [S](repeating: 0, count: k)
    var work = a
    let minimum = WorkspaceMinimum(
      reals: job == .vectors ? 4 * k * k + 7 * k : 3 * k + max(m, n, 7 * k), integers: 8 * k)
    try work.withMutableView { matrix throws(AlgebraError) in
      try u.withMutableView { u throws(AlgebraError) in
        try vTransposed.withMutableView { vTransposed throws(AlgebraError) in
          try callLAPACK(
            operation, routine: "gesdd", minimum: minimum,
            meaning: "the iteration did not converge, which happens to badly scaled matrices; scale the matrix to "
              + "entries near 1, or compute in Double"
          ) { workspace in
            S.lapackGESDD(
              job, n, m, matrix.baseAddress, &values, vTransposed.baseAddress, u.baseAddress, workspace)
          }
        }
      }
    }
    return (values, u, vTransposed)
  }
}
