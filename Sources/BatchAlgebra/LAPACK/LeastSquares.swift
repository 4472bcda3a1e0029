/// The X of least norm among those that minimise |A·X − B| column by column, whatever the rank of A.
///
/// A is m×n and B is m×r: r independent problems that share A. Computed from the singular values of A (LAPACK `gelsd`),
/// on one thread.
public struct LeastSquares<S: Scalar>: Sendable {
  /// X, n×r.
  public let solution: Matrix<S>
  /// The sum of the squared residuals of each column of B, added in double precision; r of them.
  public let residualSums: [Double]
  /// The number of singular values of A above the tolerance; below n, the solution is one of many.
  public let rank: Int
  /// The singular values of A, descending; min(m, n) of them.
  public let singularValues: [S]

  /// Solves A·X ≈ B for `a` (m×n) and `b` (m×r).
  ///
  /// Singular values up to `relativeTolerance` times the largest count as zero; by default the rounding unit times
  /// max(m, n).
  ///
  /// - Throws: ``AlgebraError`` when `a` and `b` differ in rows, hold a NaN or an infinity, are too large for LAPACK,
  ///   memory cannot be had, or the iteration does not converge.
  public init(_ a: Matrix<S>, _ b: Matrix<S>, relativeTolerance: S? = nil) throws(AlgebraError) {
    let operation = "least squares"
    guard a.rows == b.rows else {
      throw .shape(
        ShapeError(
          "\(operation): A is \(a.rows)×\(a.columns) and B is \(b.rows)×\(b.columns); "
            + "they must have the same number of rows"))
    }
    try a.withView { view throws(AlgebraError) in try requireFinite(operation, "A", view) }
    try b.withView { view throws(AlgebraError) in try requireFinite(operation, "B", view) }
    let tolerance = relativeTolerance ?? S.ulpOfOne * S(max(a.rows, a.columns))
    (solution, singularValues, rank) = try Self.solve(operation, a, b, tolerance)
    residualSums = try Self.residualSums(a, solution, b)
  }

  private static func solve(
    _ operation: String, _ a: Matrix<S>, _ b: Matrix<S>, _ tolerance: S
  ) throws(AlgebraError) -> (Matrix<S>, [S], Int) {
    let (m, n, r) = (a.rows, a.columns, b.columns)
    let k = min(m, n)
    var solution = try allocating { () throws(AllocationError) in try Matrix<S>(rows: n, columns: r) }
    guard k > 0 else { return (solution, [], 0) }
    try fitting { () throws(ShapeError) in try requireBLASLength(operation, max(m, n, r)) }
    // gelsd knows no transposition, so that here LAPACK's column-major copies are made. It overwrites B, m rows, with
    // X, n rows; and asked for no solution at all it would leave the rank open.
    var (columnsOfA, columnsOfB) = try allocating { () throws(AllocationError) in
      (try a.transposed(), try Matrix<S>(rows: max(r, 1), columns: max(m, n)))
    }
    b.withView { b in
      columnsOfB.withMutableView { transpose(b, into: $0.block(rows: 0..<r, columns: 0..<m)) }
    }
    var values = [S](repeating: 0, count: k)
    var rank = 0
    try columnsOfA.withMutableView { a throws(AlgebraError) in
      try columnsOfB.withMutableView { b throws(AlgebraError) in
        try callLAPACK(
          operation, routine: "gelsd", minimum: workspaceMinimum(k, rightSides: max(r, 1)),
          meaning: "the singular values of A did not converge; scale A's columns to entries near 1, or compute in "
            + "Double"
        ) { S.lapackGELSD(m, n, max(r, 1), a.baseAddress, b.baseAddress, &values, tolerance, &rank, $0) }
        solution.withMutableView { transpose(b.readOnly.block(rows: 0..<r, columns: 0..<n), into: $0) }
      }
    }
    return (solution, values, rank)
  }

  /// The lengths that LAPACK documents for gelsd, whose smallest subproblem has 25 rows.
  private static func workspaceMinimum(_ k: Int, rightSides: Int) -> WorkspaceMinimum {
    let levels = Int.bitWidth - (k / 26).leadingZeroBitCount
    return WorkspaceMinimum(
      reals: 62 * k + 8 * k * levels + k * rightSides + 676, integers: 3 * k * levels + 11 * k)
  }

  private static func residualSums(_ a: Matrix<S>, _ x: Matrix<S>, _ b: Matrix<S>) throws(AlgebraError) -> [Double] {
    var residual = b
    return try residual.withMutableView { residual throws(AlgebraError) in
      try a.withView { a throws(AlgebraError) in
        try x.withView { x throws(AlgebraError) in
          try fitting { () throws(ShapeError) in try gemm(alpha: -1, a, times: x, beta: 1, into: residual) }
        }
      }
      return columnSumsOfSquares(residual.readOnly)
    }
  }
}

@specialized(where S == Float)
@specialized(where S == Double)
private func columnSumsOfSquares<S: Scalar>(_ matrix: MatrixView<S>) -> [Double] {
  var sums = [Double](repeating: 0, count: matrix.columns)
  for i in 0..<matrix.rows {
    for j in 0..<matrix.columns { sums[j] += Double(matrix[i, j]) * Double(matrix[i, j]) }
  }
  return sums
}
