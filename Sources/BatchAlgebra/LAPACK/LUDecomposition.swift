import Glibc

/// P·A = L·U of a square matrix, with rows exchanged for stability: what linear equations are solved from.
///
/// For an n×n matrix L is lower triangular with ones on its diagonal and U is upper triangular. Computed by Gaussian
/// elimination (LAPACK `getrf`), on one thread. A singular matrix has the factors, too, with a zero in U's diagonal.
public struct LUDecomposition<S: Scalar>: Sendable {
  /// The rows of A in the order in which L·U has them: row `permutation[i]` of A is row i of L·U.
  public let permutation: [Int]
  /// Both factors in one matrix as LAPACK stores it, which in row-major order is the transpose.
  private let factors: Matrix<S>
  /// The row that each step exchanged with its own, counted from 1.
  private let pivots: [Int32]

  /// Factorises the n×n matrix `a`.
  ///
  /// - Throws: ``AlgebraError`` when `a` is not square, holds a NaN or an infinity, is too large for LAPACK, or memory
  ///   cannot be had.
  public init(of a: Matrix<S>) throws(AlgebraError) {
    let operation = "LU decomposition"
    try requireSquare(operation, a)
    try a.withView { view throws(AlgebraError) in try requireFinite(operation, "matrix", view) }
    let n = a.rows
    try fitting { () throws(ShapeError) in try requireBLASLength(operation, n) }
    var factors = try allocating { () throws(AllocationError) in try a.transposed() }
    var pivots = [Int32](repeating: 0, count: n)
    if n > 0 {
      let info = factors.withMutableView { S.lapackGETRF(n, $0.baseAddress, &pivots) }
      // A positive answer names the first zero of U's diagonal, which `isSingular` finds.
      if info < 0 { try requireSuccess("getrf", info, "") }
    }
    var permutation = Array(0..<n)
    for (i, pivot) in pivots.enumerated() { permutation.swapAt(i, Int(pivot) - 1) }
    self.factors = factors
    self.pivots = pivots
    self.permutation = permutation
  }

  private var side: Int { factors.rows }

  /// Whether U has a zero on its diagonal, so that A has no inverse; rounding hides most singular matrices from this.
  public var isSingular: Bool { (0..<side).contains { factors[$0, $0] == 0 } }

  /// L, n×n.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public func lower() throws(AllocationError) -> Matrix<S> {
    try Matrix(rows: side, columns: side) { i, j in i > j ? factors[j, i] : i == j ? 1 : 0 }
  }

  /// U, n×n.
  ///
  /// - Throws: ``AllocationError`` when the memory cannot be had.
  public func upper() throws(AllocationError) -> Matrix<S> {
    try Matrix(rows: side, columns: side) { i, j in i <= j ? factors[j, i] : 0 }
  }

  /// The determinant of A: 1 for an empty matrix.
  ///
  /// It overflows where ``logarithmOfDeterminant`` does not.
  public var determinant: S {
    (0..<side).reduce(pivotSign) { $0 * factors[$1, $1] }
  }

  /// The sign of the determinant (1, −1 or 0) and the natural logarithm of its magnitude (−∞ for 0).
  public var logarithmOfDeterminant: (sign: S, logarithm: S) {
    var sign = pivotSign
    var logarithm: S = 0
    for i in 0..<side {
      let pivot = factors[i, i]
      sign *= pivot == 0 ? 0 : pivot < 0 ? -1 : 1
      logarithm += S(log(Double(pivot.magnitude)))
    }
    return (sign, logarithm)
  }

  /// −1 where the rows were exchanged an odd number of times.
  private var pivotSign: S { pivots.enumerated().reduce(1) { $1.offset + 1 == $1.element ? $0 : -$0 } }

  /// X with A·X = B, for `b` of n×r.
  ///
  /// - Throws: ``AlgebraError`` when `b` does not have n rows, holds a NaN or an infinity, A is singular, or memory
  ///   cannot be had.
  public func solve(_ b: Matrix<S>) throws(AlgebraError) -> Matrix<S> {
    if let zero = (0..<side).first(where: { factors[$0, $0] == 0 }) {
      throw .lapack(
        LAPACKError(
          routine: "getrf", info: zero + 1,
          meaning: "the matrix is singular: its equations have no solution or many; LeastSquares gives the one of "
            + "least norm"))
    }
    return try factors.withView { factors throws(AlgebraError) in
      try solveColumns("solution of linear equations", routine: "getrs", side: factors.rows, b) {
        S.lapackGETRS(factors.rows, $1, factors.baseAddress, pivots, $0)
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

  /// A⁻¹, n×n.
  ///
  /// To solve equations, ``solve(_:)-(Matrix<S>)`` is faster and more exact than multiplying by it.
  ///
  /// - Throws: ``AlgebraError`` when A is singular or memory cannot be had.
  public func inverse() throws(AlgebraError) -> Matrix<S> {
    try solve(try allocating { () throws(AllocationError) in try Matrix.identity(side) })
  }
}

/// X with A·X = B, for `a` of n×n and `b` of n×r; several systems with one A share an ``LUDecomposition``.
///
/// - Throws: ``AlgebraError`` when the shapes do not fit, an operand holds a NaN or an infinity, A is singular, or
///   memory cannot be had.
public func solve<S: Scalar>(_ a: Matrix<S>, _ b: Matrix<S>) throws(AlgebraError) -> Matrix<S> {
  try LUDecomposition(of: a).solve(b)
}

/// x with A·x = b, for `a` of n×n and `b` of n elements.
///
/// - Throws: as for a matrix of right sides.
public func solve<S: Scalar>(_ a: Matrix<S>, _ b: [S]) throws(AlgebraError) -> [S] {
  try LUDecomposition(of: a).solve(b)
}
