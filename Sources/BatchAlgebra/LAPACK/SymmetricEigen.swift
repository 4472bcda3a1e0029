/// The eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigen<S: Scalar>: Sendable {
  /// The n eigenvalues, ascending.
  public let values: [S]
  /// [n, n]; row i is the eigenvector of `values[i]`, of length 1.
  public let vectors: Matrix<S>

  /// Solves A·v = λ·v for a symmetric n×n matrix, by divide and conquer (LAPACK syevd).
  ///
  /// The upper triangle is read.
  ///
  /// - Throws: ``AlgebraError`` for a matrix that is not square or not finite, or an iteration that does not converge.
  public init(_ a: Matrix<S>) throws(AlgebraError) {
    guard a.rows == a.columns else {
      throw .shape(ShapeError("symmetric eigenproblem: the matrix is \(a.rows)×\(a.columns); it must be square"))
    }
    let vectors = try LAPACKInput.copy(a, for: "syevd")
    let values: AlignedBuffer<S> = try LAPACKInput.zeros(a.rows)
    if a.rows > 0 {
      try LAPACKInput.check(
        S.lapackSymmetricEigen(a.rows, vectors.baseAddress, values.baseAddress), "syevd",
        "the iteration did not converge; scale the matrix to elements near 1")
    }
    self.values = Array(values.elements)
    self.vectors = try LAPACKInput.matrix(vectors, rows: a.rows, columns: a.rows)
  }

  /// Solves T·v = λ·v for the symmetric tridiagonal matrix with the given diagonal and the n − 1 elements beside it
  /// (LAPACK stevd).
  ///
  /// - Throws: ``AlgebraError`` for lengths that do not fit, elements that are not finite, or an iteration that does
  ///   not converge.
  public init(tridiagonal diagonal: [S], offDiagonal: [S]) throws(AlgebraError) {
    let n = diagonal.count
    guard offDiagonal.count == max(n - 1, 0) else {
      throw .shape(
        ShapeError(
          "tridiagonal eigenproblem: the diagonal has \(n) elements and the off-diagonal \(offDiagonal.count); "
            + "it must have one less"))
    }
    if let index = (diagonal + offDiagonal).firstIndex(where: { !$0.isFinite }) {
      let place = index < n ? "diagonal element \(index)" : "off-diagonal element \(index - n)"
      throw .lapack(LAPACKError(routine: "stevd", info: -1, meaning: "\(place) is not finite; all must be"))
    }
    let values = try LAPACKInput.buffer(diagonal)
    let beside = try LAPACKInput.buffer(offDiagonal)
    let vectors: AlignedBuffer<S> = try LAPACKInput.zeros(n * n)
    if n > 0 {
      try LAPACKInput.check(
        S.lapackTridiagonalEigen(n, values.baseAddress, beside.baseAddress, vectors.baseAddress), "stevd",
        "the iteration did not converge; scale the matrix to elements near 1")
    }
    self.values = Array(values.elements)
    self.vectors = try LAPACKInput.matrix(vectors, rows: n, columns: n)
  }
}
