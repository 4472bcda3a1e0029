import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct CholeskyDecompositionTests {
  @Test(arguments: [1, 2, 7, 8, 33, 64]) func rebuildsTheMatrixAndSolves(side: Int) throws {
    try check(side, as: Float.self)
    try check(side, as: Double.self)
  }

  private func check<S: Scalar>(_ n: Int, as type: S.Type) throws {
    var a = try Matrix<S>.identity(n)
    try syrk(try randomMatrix(n, n), beta: S(n), into: &a)
    let cholesky = try CholeskyDecomposition(of: a)
    let lower = cholesky.lower
    let rounding = Double(S.ulpOfOne) * Double(n * n) * 8
    #expect(firstMismatch(a.elements, naiveProduct(lower, try lower.transposed()), absolute: rounding) == nil)
    #expect((0..<n).allSatisfy { i in lower[i, i] > 0 && (i + 1..<n).allSatisfy { lower[i, $0] == 0 } })
    let b: Matrix<S> = try randomMatrix(n, 2, seed: 9)
    let x = try cholesky.solve(b)
    #expect(firstMismatch(b.elements, naiveProduct(a, x), absolute: rounding) == nil)
    let column = try cholesky.solve(b.column(0))
    #expect(firstMismatch(column, x.column(0).map(Double.init), absolute: rounding) == nil)
    let (sign, logarithm) = try LUDecomposition(of: a).logarithmOfDeterminant
    #expect(sign == 1 && Double((cholesky.logarithmOfDeterminant - logarithm).magnitude) <= rounding)
  }

  @Test func readsTheUpperTriangleAlone() throws {
    // 4 = 2², 2 = 2·1, 5 = 1² + 2².
    let cholesky = try CholeskyDecomposition(of: Matrix<Double>([[4, 2], [77, 5]]))
    #expect(cholesky.lower == (try Matrix([[2, 0], [1, 2]])))
  }

  @Test func anIndefiniteMatrixIsRefused() throws {
    let error = #expect(throws: AlgebraError.self) {
      try CholeskyDecomposition(of: Matrix<Float>([[1, 2, 0], [2, 1, 0], [0, 0, 1]]))
    }
    #expect(
      error?.description
        == "LAPACK potrf: the leading 2×2 block is not positive definite, so that the matrix has no such factor; add to "
        + "its diagonal, or take SymmetricEigendecomposition (info 2)")
  }

  @Test func anEmptyMatrixHasAnEmptyFactor() throws {
    let cholesky = try CholeskyDecomposition(of: Matrix<Double>([]))
    #expect(cholesky.lower.count == 0 && cholesky.logarithmOfDeterminant == 0)
    #expect(try cholesky.solve([]) == [])
  }
}
