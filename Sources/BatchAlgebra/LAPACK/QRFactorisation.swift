/// A = Q·R with orthonormal columns in Q and an upper triangle in R, for a matrix with at least as many rows as columns.
public struct QRFactorisation<S: Scalar>: Sendable {
  /// [m, n]; the columns are orthonormal.
  public let q: Matrix<S>
  /// [n, n]; upper triangular.
  public let r: Matrix<S>

  /// Factorises an m×n matrix with m ≥ n (LAPACK gelqf and orglq on the transpose: Aᵀ = Rᵀ·Qᵀ).
  ///
  /// - Throws: ``AlgebraError`` for a matrix that is wider than high or not finite.
  public init(_ a: Matrix<S>) throws(AlgebraError) {
    let (m, n) = (a.rows, a.columns)
    guard m >= n else {
      throw .shape(
        ShapeError("QR factorisation: the matrix is \(m)×\(n); it must have at least as many rows as columns"))
    }
    let work = try LAPACKInput.copy(a, for: "gelqf")
    let factors: AlignedBuffer<S> = try LAPACKInput.zeros(n)
    if n > 0 {
      try LAPACKInput.check(S.lapackLQ(n, m, work.baseAddress, factors.baseAddress), "gelqf", "an argument is illegal")
    }
    let triangle: AlignedBuffer<S> = try LAPACKInput.zeros(n * n)
    for i in 0..<n {
      for j in i..<n { triangle.baseAddress[i * n + j] = work.baseAddress[i * n + j] }
    }
    if n > 0 {
      try LAPACKInput.check(
        S.lapackOrthogonalFactor(n, m, work.baseAddress, factors.baseAddress), "orglq", "an argument is illegal")
    }
    q = try LAPACKInput.matrix(work, rows: m, columns: n)
    r = try LAPACKInput.matrix(triangle, rows: n, columns: n)
  }
}
