/// The X that makes |A·X − B| least, and the shortest such X where there are several.
public struct LeastSquares<S: Scalar>: Sendable {
  /// [n, sides].
  public let solution: Matrix<S>
  /// The number of singular values of A above the tolerance; below min(m, n) the columns of A are dependent.
  public let rank: Int
  /// For each right-hand side the sum of squares of A·X − B.
  public let residuals: [S]

  /// Solves for an m×n matrix A and an m×sides matrix B (LAPACK gelsd).
  ///
  /// Singular values below `tolerance` times the largest count as zero; without one, max(m, n) rounding errors.
  ///
  /// - Throws: ``AlgebraError`` for shapes that do not fit, elements that are not finite, or an iteration that does not
  ///   converge.
  public init(_ a: Matrix<S>, _ b: Matrix<S>, tolerance: S? = nil) throws(AlgebraError) {
    let (m, n) = (a.rows, a.columns)
    guard b.rows == m else {
      throw .shape(ShapeError("least squares: A is \(m)×\(n) and B is \(b.rows)×\(b.columns); both need as many rows"))
    }
    let height = max(m, n)
    let rowMajor = try LAPACKInput.copy(a, for: "gelsd, matrix A")
    _ = try LAPACKInput.copy(b, for: "gelsd, matrix B")
    let matrix: AlignedBuffer<S> = try LAPACKInput.zeros(m * n)
    for i in 0..<m {
      for j in 0..<n { matrix.baseAddress[j * m + i] = rowMajor.baseAddress[i * n + j] }
    }
    // gelsd wants each right-hand side in a column of `height` elements and leaves the solution in its place.
    let sides: AlignedBuffer<S> = try LAPACKInput.zeros(height * b.columns)
    for i in 0..<m {
      for j in 0..<b.columns { sides.baseAddress[j * height + i] = b[i, j] }
    }
    let values: AlignedBuffer<S> = try LAPACKInput.zeros(min(m, n))
    var rank = 0
    if m > 0, n > 0, b.columns > 0 {
      try LAPACKInput.check(
        S.lapackLeastSquares(
          m, n, b.columns, matrix.baseAddress, sides.baseAddress, values.baseAddress,
          tolerance ?? S(height) * S.ulpOfOne, &rank), "gelsd",
        "the iteration did not converge; scale the matrix to elements near 1")
    }
    self.rank = rank
    var solution = [S](repeating: 0, count: n * b.columns)
    for i in 0..<n {
      for j in 0..<b.columns { solution[i * b.columns + j] = sides.baseAddress[j * height + i] }
    }
    do {
      self.solution = try Matrix(rows: n, columns: b.columns, solution)
    } catch {
      throw .allocation(error)
    }
    residuals = try Self.residuals(a, self.solution, b)
  }

  private static func residuals(_ a: Matrix<S>, _ x: Matrix<S>, _ b: Matrix<S>) throws(AlgebraError) -> [S] {
    let fitted = try product(a, times: x)
    return (0..<b.columns).map { side in
      (0..<b.rows).reduce(0) { sum, i in sum + (fitted[i, side] - b[i, side]) * (fitted[i, side] - b[i, side]) }
    }
  }
}
