import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct LUDecompositionTests {
  @Test(arguments: [1, 2, 3, 8, 17, 64, 65]) func rebuildsTheMatrix(side: Int) throws {
    try check(side, as: Float.self)
    try check(side, as: Double.self)
  }

  private func check<S: Scalar>(_ n: Int, as type: S.Type) throws {
    let a: Matrix<S> = try randomMatrix(n, n)
    let lu = try LUDecomposition(of: a)
    let (lower, upper) = (try lu.lower(), try lu.upper())
    let rounding = Double(S.ulpOfOne) * Double(n) * 8
    let exchanged = lu.permutation.flatMap { a.row($0) }
    #expect(firstMismatch(exchanged, naiveProduct(lower, upper), absolute: rounding) == nil)
    for i in 0..<n {
      #expect(lower[i, i] == 1)
      // Rows are exchanged so that no multiplier exceeds 1.
      #expect(lower.row(i).allSatisfy { $0.magnitude <= 1 })
      #expect((i + 1..<n).allSatisfy { lower[i, $0] == 0 } && (0..<i).allSatisfy { upper[i, $0] == 0 })
    }
  }

  @Test(arguments: [1, 5, 33]) func solutionsFulfilTheirEquations(side: Int) throws {
    try checkSolutions(side, as: Float.self)
    try checkSolutions(side, as: Double.self)
  }

  private func checkSolutions<S: Scalar>(_ n: Int, as type: S.Type) throws {
    // A dominant diagonal keeps the matrix well conditioned, so that solutions are as exact as the residuals.
    var a: Matrix<S> = try randomMatrix(n, n)
    for i in 0..<n { a[i, i] += S(n) }
    let b: Matrix<S> = try randomMatrix(n, 3, seed: 2)
    let x = try solve(a, b)
    let rounding = Double(S.ulpOfOne) * Double(n) * 8
    #expect(firstMismatch(b.elements, naiveProduct(a, x), absolute: rounding) == nil)
    // One right side may go through other kernels than three.
    let column = try solve(a, b.column(1))
    #expect(firstMismatch(column, x.column(1).map(Double.init), absolute: rounding) == nil)
    let unit = try Matrix<S>.identity(n).elements.map(Double.init)
    #expect(
      firstMismatch(try product(a, times: LUDecomposition(of: a).inverse()).elements, unit, absolute: rounding) == nil)
  }

  @Test func determinantsOfSmallMatrices() throws {
    // 3·(−2) − 1·4 by hand; a permutation matrix; Vandermonde's (2 − 1)(4 − 1)(4 − 2).
    #expect((try LUDecomposition(of: Matrix<Double>([[3, 1], [4, -2]])).determinant + 10).magnitude < 1e-14)
    #expect(try LUDecomposition(of: Matrix<Float>([[0, 1, 0], [0, 0, 1], [1, 0, 0]])).determinant == 1)
    let vandermonde = try LUDecomposition(of: Matrix<Double>([[1, 1, 1], [1, 2, 4], [1, 4, 16]]))
    #expect((vandermonde.determinant - 6).magnitude < 1e-13)
    let (sign, logarithm) = vandermonde.logarithmOfDeterminant
    #expect(sign == 1 && (logarithm - 1.791759469228055).magnitude < 1e-14)
    let negative = try LUDecomposition(of: Matrix<Float>([[0, 2], [3, 0]]))
    #expect(negative.determinant == -6 && negative.logarithmOfDeterminant.sign == -1)
    // Beyond the largest Float, whose logarithm is below 89: 200 factors of 10.
    let large = try LUDecomposition(of: Matrix<Float>(rows: 200, columns: 200) { i, j in i == j ? 10 : 0 })
    #expect(large.determinant == .infinity)
    #expect((large.logarithmOfDeterminant.logarithm / 460.517 - 1).magnitude < 1e-5)
  }

  @Test func aSingularMatrixHasFactorsAndNoSolution() throws {
    let lu = try LUDecomposition(of: Matrix<Double>([[1, 2], [2, 4]]))
    #expect(lu.isSingular && lu.determinant == 0)
    #expect(lu.logarithmOfDeterminant == (0, -.infinity))
    let error = #expect(throws: AlgebraError.self) { try lu.solve([1, 2]) }
    #expect(
      error?.description
        == "LAPACK getrf: the matrix is singular: its equations have no solution or many; LeastSquares gives the one of "
        + "least norm (info 2)")
  }

  @Test func emptySystems() throws {
    let lu = try LUDecomposition(of: Matrix<Float>([]))
    #expect(lu.determinant == 1 && !lu.isSingular && lu.permutation.isEmpty)
    #expect(try lu.solve([]) == [])
    #expect(try solve(Matrix<Double>.identity(3), Matrix(rows: 3, columns: 0)).columns == 0)
  }

  @Test func misfitsAndNaNsAreRefused() throws {
    let a = try Matrix<Double>.identity(2)
    #expect(throws: AlgebraError.shape(ShapeError("LU decomposition: the matrix is 1×2; it must be square"))) {
      try LUDecomposition(of: Matrix<Double>(rows: 1, columns: 2))
    }
    let misfit = ShapeError(
      "solution of linear equations: A is 2×2 and B is 3×1; they must have the same number of rows")
    #expect(throws: AlgebraError.shape(misfit)) { try solve(a, [1, 2, 3]) }
    let notFinite = NotFiniteError(operation: "solution of linear equations", place: "B row 1, column 0", value: "nan")
    #expect(throws: AlgebraError.notFinite(notFinite)) { try solve(a, [1, .nan]) }
  }
}
