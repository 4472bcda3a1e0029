import BatchAlgebra
import BatchTestSupport
import Glibc
import Testing

@Suite struct LAPACKTests {
  private func random<S: Scalar>(_: S.Type, _ rows: Int, _ columns: Int, seed: UInt64 = 1) throws -> Matrix<S> {
    let test = try TestMatrix<S>(rows: rows, columns: columns, seed: seed)
    return try Matrix(rows: rows, columns: columns, test.elements.map { S($0) })
  }

  private func wide<S: Scalar>(_ matrix: Matrix<S>) -> [Double] { matrix.elements.map { Double($0) } }

  private func identity(_ n: Int) -> [Double] { (0..<n * n).map { $0 % (n + 1) == 0 ? 1 : 0 } }

  @Test(arguments: [0, 1, 2, 7, 40])
  func eigenvectorsDiagonalise(_ n: Int) throws {
    try checkEigen(Double.self, n, tolerance: 1e-12)
    try checkEigen(Float.self, n, tolerance: 1e-4)
  }

  private func checkEigen<S: Scalar>(_: S.Type, _ n: Int, tolerance: Double) throws {
    let half = try random(S.self, n, n)
    let a = try Matrix(rows: n, columns: n, zip(half.elements, half.transposed().elements).map { $0 + $1 })
    let eigen = try SymmetricEigen(a)
    // V·A·Vᵀ is the diagonal matrix of the values, with the vectors in V's rows.
    let diagonal = try product(product(eigen.vectors, times: a), times: eigen.vectors, .transposed)
    let expected = (0..<n * n).map { n > 0 && $0 % (n + 1) == 0 ? Double(eigen.values[$0 / (n + 1)]) : 0 }
    #expect(largestError(wide(diagonal), expected) < tolerance)
    #expect(eigen.values == eigen.values.sorted())
  }

  /// The second difference has the eigenvalues 2 − 2 cos(kπ / (n + 1)).
  @Test(arguments: [1, 2, 5, 50])
  func tridiagonalEigenvaluesInClosedForm(_ n: Int) throws {
    let eigen = try SymmetricEigen(
      tridiagonal: [Double](repeating: 2, count: n), offDiagonal: [Double](repeating: -1, count: n - 1))
    let expected = (1...n).map { 2 - 2 * cos(Double($0) * Double.pi / Double(n + 1)) }
    #expect(largestError(eigen.values, expected) < 1e-13)
    let lengths = (0..<n).map { i in (0..<n).reduce(0) { $0 + eigen.vectors[i, $1] * eigen.vectors[i, $1] } }
    #expect(largestError(lengths, [Double](repeating: 1, count: n)) < 1e-13)
  }

  @Test(arguments: [(1, 1), (5, 5), (9, 4), (30, 7), (3, 0)])
  func qrGivesBackTheMatrix(_ m: Int, _ n: Int) throws {
    let a = try random(Double.self, m, n)
    let qr = try QRFactorisation(a)
    #expect(largestError(wide(try product(qr.q, times: qr.r)), wide(a)) < 1e-13)
    #expect(largestError(wide(try product(qr.q, .transposed, times: qr.q)), identity(n)) < 1e-13)
    for i in 0..<n { for j in 0..<i { #expect(qr.r[i, j] == 0) } }
  }

  @Test(arguments: [(1, 1), (5, 5), (9, 4), (4, 9), (0, 3)])
  func singularValuesGiveBackTheMatrix(_ m: Int, _ n: Int) throws {
    let a = try random(Float.self, m, n)
    let svd = try SingularValues(a)
    let k = min(m, n)
    var scaled = svd.vTransposed
    for i in 0..<k { for j in 0..<n { scaled[i, j] = svd.values[i] * scaled[i, j] } }
    #expect(largestError(wide(try product(svd.u, times: scaled)), wide(a)) < 1e-5)
    #expect(largestError(wide(try product(svd.u, .transposed, times: svd.u)), identity(k)) < 1e-5)
    #expect(svd.values == svd.values.sorted(by: >))
  }

  @Test func leastSquaresFitsALine() throws {
    // y = 1 + 2x with residuals ±0.1 that cancel: the fit is exact, the sum of squares 0.04.
    let a = try Matrix<Double>(rows: 4, columns: 2, [1, -1, 1, -1, 1, 1, 1, 1])
    let b = try Matrix<Double>(rows: 4, columns: 1, [-0.9, -1.1, 3.1, 2.9])
    let fit = try LeastSquares(a, b)
    #expect(largestError(fit.solution.elements, [1, 2]) < 1e-14)
    #expect(abs(fit.residuals[0] - 0.04) < 1e-14)
    #expect(fit.rank == 2)
  }

  /// Two equal columns: the shortest solution shares the weight out evenly.
  @Test func leastSquaresSurvivesDependentColumns() throws {
    let a = try Matrix<Float>(rows: 3, columns: 2, [1, 1, 2, 2, 3, 3])
    let b = try Matrix<Float>(rows: 3, columns: 2, [2, 4, 4, 8, 6, 12])
    let fit = try LeastSquares(a, b)
    #expect(fit.rank == 1)
    #expect(largestError(fit.solution.elements.map(Double.init), [1, 2, 1, 2]) < 1e-5)
  }

  @Test func leastSquaresWithFewerRowsThanColumns() throws {
    let a = try random(Double.self, 3, 8)
    let b = try random(Double.self, 3, 2, seed: 2)
    let fit = try LeastSquares(a, b)
    #expect(largestError(try product(a, times: fit.solution).elements, b.elements) < 1e-12)
  }

  @Test func badInputIsNamed() throws {
    var a = try Matrix<Double>(rows: 2, columns: 2, [1, 2, 2, 1])
    a[1, 0] = .nan
    let nan = #expect(throws: AlgebraError.self) { try SymmetricEigen(a) }
    #expect(nan?.description == "syevd: element (1, 0) is nan; all must be finite (info -1)")
    let wide = try Matrix<Double>(rows: 2, columns: 3)
    let shape = #expect(throws: AlgebraError.self) { try SymmetricEigen(wide) }
    #expect(shape?.description == "symmetric eigenproblem: the matrix is 2×3; it must be square")
    #expect(throws: AlgebraError.self) { try QRFactorisation(wide) }
    #expect(throws: AlgebraError.self) { try LeastSquares(wide, Matrix<Double>(rows: 3, columns: 1)) }
    #expect(throws: AlgebraError.self) { try SymmetricEigen(tridiagonal: [1.0, 2], offDiagonal: [1, 2]) }
  }
}
