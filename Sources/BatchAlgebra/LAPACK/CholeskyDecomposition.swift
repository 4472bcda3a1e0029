import Glibc

/// A = L·Lᵀ of a symmetric positive definite matrix, such as a covariance: half the operations of an
/// ``LUDecomposition``.
///
/// For an n×n matrix L is lower triangular with a positive diagonal. Computed by LAPACK `potrf`, on one thread.
public struct CholeskyDecomposition<S: Scalar>: Sendable {
  /// L, n×n: zero above the diagonal.
  public let lower: Matrix<S>
  /// Lᵀ, which column-major LAPACK reads as L.
  private let upper: Matrix<S>

  /// Factorises the n×n matrix `a`, of which only the upper triangle is read.
  ///
  /// - Throws: ``AlgebraError`` when `a` is not square, not positive definite, holds a NaN or an infinity, is too large
  ///   for LAPACK, or memory cannot be had.
  public init(of a: Matrix<S>) throws(AlgebraError) {
    let operation = "Cholesky decomposition"
    try requireSquare(operation, a)
    try a.withView { view throws(AlgebraError) in try requireFinite(operation, "matrix", view) }
    let n = a.rows
    try fitting { () throws(ShapeError) in try requireBLASLength(operation, n) }
    var factor = a
    if n > 0 {
      // The row-major upper triangle is LAPACK's lower one.
      let info = factor.withMutableView { S.lapackPOTRF(n, $0.baseAddress) }
      try requireSuccess(
        "potrf", info,
        "the leading \(info)×\(info) block is not positive definite, so that the matrix has no such factor; add to its "
          + "diagonal, or take SymmetricEigendecomposition")
      factor.withMutableView { factor in
        for i in 0..<n { factor.row(i).update(repeating: 0, count: i) }
      }
    }
    upper = factor
    lower = try allocating { () throws(AllocationError) in try factor.transposed() }
  }

  /// The natural logarithm of A's determinant.
  public var logarithmOfDeterminant: S {
    (0..<lower.rows).reduce(0) { $0 + 2 * S(log(Double(lower[$1, $1]))) }
  }

  /// X with A·X = B, for `b` of n×r.
  ///
  /// - Throws: ``AlgebraError`` when `b` does not have n rows, holds a NaN or an infinity, or memory cannot be had.
  public func solve(_ b: Matrix<S>) throws(AlgebraError) -> Matrix<S> {
    try upper.withView { upper throws(AlgebraError) in
      try solveColumns("solution of linear equations", routine: "potrs", side: upper.rows, b) {
        S.lapackPOTRS(upper.rows, $1, upper.baseAddress, $0)
      }
    }
  }

  /// x with A·x = b, for `b` of n elements.
  ///
  /// - Throws: as for a matrix.
  public func solve(_ b: [S]) throws(AlgebraError) -> [S] {
    let column = try allocating { () throws(AllocationError) in try Matrix(rows: b.count, columns: 1, b) }
    return try solve(column).elements
  }
}
