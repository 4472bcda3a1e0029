/// A = Q·R with orthonormal columns in Q and an upper triangular R: the thin factorisation.
///
/// For an m×n matrix and k = min(m, n), Q is m×k and R is k×n. Computed by Householder reflections, on one thread:
/// LAPACK sees Aᵀ and factorises it as Rᵀ·Qᵀ (`gelqf`, `orglq`).
public struct QRDecomposition<S: Scalar>: Sendable {
  /// Q, m×k: QᵀQ = 1.
  public let q: Matrix<S>
  /// R, k×n: zero below the diagonal, and not negative on it, which makes the factors of a full-rank matrix unique.
  public let r: Matrix<S>

  /// Factorises the m×n matrix `a`.
  ///
  /// - Throws: ``AlgebraError`` when `a` holds a NaN or an infinity, is too large for LAPACK, or memory cannot be had.
  public init(of a: Matrix<S>) throws(AlgebraError) {
    let operation = "QR decomposition"
    try a.withView { view throws(AlgebraError) in try requireFinite(operation, "matrix", view) }
    let (m, n) = (a.rows, a.columns)
    let k = min(m, n)
    var (q, r) = try allocating { () throws(AllocationError) in
      (try Matrix<S>(rows: m, columns: k), try Matrix<S>(rows: k, columns: n))
    }
    if k > 0 {
      try fitting { () throws(ShapeError) in try requireBLASLength(operation, max(m, n)) }
      var factors = a
      var reflectors = [S](repeating: 0, count: k)
      try factors.withMutableView { view throws(AlgebraError) in
        let meaning = "the routine failed"
        try callLAPACK(operation, routine: "gelqf", minimum: WorkspaceMinimum(reals: n), meaning: meaning) {
          S.lapackGELQF(n, m, view.baseAddress, n, &reflectors, $0)
        }
        r.withMutableView { copyUpperTriangle(of: view.readOnly, into: $0) }
        try callLAPACK(operation, routine: "orglq", minimum: WorkspaceMinimum(reals: k), meaning: meaning) {
          S.lapackORGLQ(k, m, view.baseAddress, n, reflectors, $0)
        }
        q.withMutableView { q in
          copyFirstColumns(of: view.readOnly, into: q)
          r.withMutableView { r in makeDiagonalNonnegative(q, r) }
        }
      }
    }
    self.q = q
    self.r = r
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func copyUpperTriangle<S: Scalar>(of source: MatrixView<S>, into target: MutableMatrixView<S>) {
  for i in 0..<target.rows {
    for j in i..<target.columns { target[i, j] = source[i, j] }
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func copyFirstColumns<S: Scalar>(of source: MatrixView<S>, into target: MutableMatrixView<S>) {
  for i in 0..<target.rows { target.row(i).update(from: source.row(i), count: target.columns) }
}

/// Flips the sign of a row of R, and of the column of Q that it multiplies, where R's diagonal is negative.
@specialized(where S == Float)
@specialized(where S == Double)
private func makeDiagonalNonnegative<S: Scalar>(_ q: MutableMatrixView<S>, _ r: MutableMatrixView<S>) {
  for i in 0..<r.rows where r[i, i] < 0 {
    for j in i..<r.columns { r[i, j].negate() }
    for j in 0..<q.rows { q[j, i].negate() }
  }
}
