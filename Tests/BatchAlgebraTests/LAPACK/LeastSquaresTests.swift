import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct LeastSquaresTests {
  @Test(arguments: [(1, 1, 1), (5, 2, 1), (30, 7, 3), (64, 33, 2), (9, 9, 4)])
  func residualIsOrthogonalToTheColumns(rows: Int, columns: Int, sides: Int) throws {
    try check(rows, columns, sides, as: Float.self)
    try check(rows, columns, sides, as: Double.self)
  }

  private func check<S: Scalar>(_ rows: Int, _ columns: Int, _ sides: Int, as type: S.Type) throws {
    let a: Matrix<S> = try randomMatrix(rows, columns, seed: 1)
    let b: Matrix<S> = try randomMatrix(rows, sides, seed: 2)
    let fit = try LeastSquares(a, b)
    #expect(fit.rank == columns && fit.solution.rows == columns && fit.solution.columns == sides)
    #expect(fit.singularValues.count == columns && fit.residualSums.count == sides)
    let predicted = naiveProduct(a, fit.solution)
    let residual = b.elements.indices.map { Double(b.elements[$0]) - predicted[$0] }
    let size = Double(fit.solution.elements.map { $0.magnitude }.max() ?? 0) + 1
    let rounding = Double(S.ulpOfOne) * Double(rows * columns) * size * 4
    for side in 0..<sides {
      for j in 0..<columns {
        let product = (0..<rows).reduce(0) { $0 + Double(a[$1, j]) * residual[$1 * sides + side] }
        #expect(product.magnitude <= rounding)
      }
      let sum = (0..<rows).reduce(0) { $0 + residual[$1 * sides + side] * residual[$1 * sides + side] }
      #expect((fit.residualSums[side] - sum).magnitude <= rounding)
    }
  }

  @Test func lineThroughPointsHasItsClosedForm() throws {
    // y = 1 + 2x with errors +1, −2, +1 in the middle three of five points: both coefficients by hand.
    let x: [Double] = [-2, -1, 0, 1, 2]
    let y = try Matrix<Double>(rows: 5, columns: 1, [-3, 0, -1, 4, 5])
    let a = try Matrix<Double>(rows: 5, columns: 2, x.flatMap { [1, $0] })
    let fit = try LeastSquares(a, y)
    #expect(firstMismatch(fit.solution.elements, [1, 2], absolute: 1e-14) == nil)
    #expect(firstMismatch(fit.residualSums, [6], absolute: 1e-13) == nil)
  }

  @Test func dependentColumnsShareTheCoefficient() throws {
    let a = try Matrix<Double>(rows: 3, columns: 2, [1, 1, 2, 2, 3, 3])
    let b = try Matrix<Double>(rows: 3, columns: 1, [2, 4, 6])
    let fit = try LeastSquares(a, b)
    #expect(fit.rank == 1)
    // Of all pairs that add to 2, the shortest.
    #expect(firstMismatch(fit.solution.elements, [1, 1], absolute: 1e-14) == nil)
    #expect(firstMismatch(fit.residualSums, [0], absolute: 1e-25) == nil)
  }

  @Test func toleranceDecidesTheRank() throws {
    let a = try Matrix<Double>(rows: 2, columns: 2, [1, 0, 0, 1e-6])
    let b = try Matrix<Double>(rows: 2, columns: 1, [1, 1])
    #expect(try LeastSquares(a, b).rank == 2)
    let fit = try LeastSquares(a, b, relativeTolerance: 1e-3)
    #expect(fit.rank == 1)
    #expect(firstMismatch(fit.solution.elements, [1, 0], absolute: 1e-14) == nil)
    #expect(firstMismatch(fit.residualSums, [1], absolute: 1e-14) == nil)
  }

  @Test func moreUnknownsThanEquationsGiveTheShortestSolution() throws {
    let a = try Matrix<Float>(rows: 1, columns: 3, [1, 2, 2])
    let b = try Matrix<Float>(rows: 1, columns: 2, [9, 18])
    let fit = try LeastSquares(a, b)
    #expect(fit.rank == 1)
    #expect(firstMismatch(fit.solution.elements, [1, 2, 2, 4, 2, 4], absolute: 1e-5) == nil)
  }

  @Test func emptyOperands() throws {
    let b = try Matrix<Double>(rows: 2, columns: 1, [3, 4])
    let nothing = try LeastSquares(Matrix<Double>(rows: 2, columns: 0), b)
    #expect(nothing.rank == 0 && nothing.solution.rows == 0 && nothing.residualSums == [25])
    let noRows = try LeastSquares(Matrix<Double>(rows: 0, columns: 2), Matrix(rows: 0, columns: 1))
    #expect(noRows.rank == 0 && noRows.solution.elements == [0, 0] && noRows.residualSums == [0])
    let noSides = try LeastSquares(
      Matrix<Double>(rows: 2, columns: 2, [1, 0, 0, 1]), Matrix(rows: 2, columns: 0))
    #expect(noSides.rank == 2 && noSides.solution.columns == 0 && noSides.residualSums.isEmpty)
  }

  @Test func misfitShowsBothShapes() throws {
    let a = try Matrix<Double>(rows: 3, columns: 2)
    let b = try Matrix<Double>(rows: 2, columns: 1)
    let message = "least squares: A is 3×2 and B is 2×1; they must have the same number of rows"
    #expect(throws: AlgebraError.shape(ShapeError(message))) { try LeastSquares(a, b) }
  }

  @Test func numbersThatAreNoneAreRefusedInBothOperands() throws {
    let fine = try Matrix<Double>(rows: 2, columns: 1, [1, 2])
    let broken = try Matrix<Double>(rows: 2, columns: 1, [1, .nan])
    let inA = NotFiniteError(operation: "least squares", place: "A row 1, column 0", value: "nan")
    let inB = NotFiniteError(operation: "least squares", place: "B row 1, column 0", value: "nan")
    #expect(throws: AlgebraError.notFinite(inA)) { try LeastSquares(broken, fine) }
    #expect(throws: AlgebraError.notFinite(inB)) { try LeastSquares(fine, broken) }
  }
}
