import BatchAlgebra
import BatchTestSupport
import Glibc
import Testing

@Suite struct SymmetricEigendecompositionTests {
  @Test(arguments: [1, 2, 3, 7, 8, 9, 33, 64]) func rebuildsTheMatrix(n: Int) throws {
    try check(n, as: Float.self)
    try check(n, as: Double.self)
  }

  private func check<S: Scalar>(_ n: Int, as type: S.Type) throws {
    var a: Matrix<S> = try randomMatrix(n, n)
    for i in 0..<n {
      for j in 0..<i { a[i, j] = a[j, i] }
    }
    let eigen = try SymmetricEigendecomposition(of: a)
    let rounding = Double(S.ulpOfOne) * Double(n) * 8
    #expect(eigen.values.count == n && zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(departureFromOrthonormality(ofColumnsOf: eigen.vectors) <= rounding)
    let rebuilt = naiveProduct(
      scalingColumns(of: eigen.vectors, by: eigen.values), try eigen.vectors.transposed())
    #expect(firstMismatch(a.elements, rebuilt, absolute: rounding) == nil)
    #expect(
      firstMismatch(
        try SymmetricEigendecomposition.values(of: a), eigen.values.map(Double.init), absolute: rounding) == nil)
  }

  @Test func onlyTheUpperTriangleIsRead() throws {
    let a = try Matrix<Double>(rows: 2, columns: 2, [2, 1, 99, 2])
    let eigen = try SymmetricEigendecomposition(of: a)
    #expect(firstMismatch(eigen.values, [1, 3], absolute: 1e-14) == nil)
    // Columns, not rows: the vector of the value 3 has equal components.
    #expect((eigen.vectors[0, 1] - eigen.vectors[1, 1]).magnitude < 1e-14)
    #expect((eigen.vectors[0, 0] + eigen.vectors[1, 0]).magnitude < 1e-14)
  }

  @Test func hilbertMatrix() throws {
    // Condition number and largest eigenvalue of the 5×5 Hilbert matrix, as NumPy's eigvalsh gives them.
    var hilbert = try Matrix<Double>(rows: 5, columns: 5)
    for i in 0..<5 { for j in 0..<5 { hilbert[i, j] = 1 / Double(i + j + 1) } }
    let expected = [
      3.287_928_772_171_865e-06, 3.058_980_401_511_9e-04, 1.140_749_162_341_980e-02, 2.085_342_186_110_133e-01,
      1.567_050_691_098_231,
    ]
    #expect(
      firstMismatch(try SymmetricEigendecomposition.values(of: hilbert), expected, absolute: 1e-13) == nil)
  }

  @Test func emptyMatrixHasNoValues() throws {
    let eigen = try SymmetricEigendecomposition(of: Matrix<Float>(rows: 0, columns: 0))
    #expect(eigen.values.isEmpty && eigen.vectors.rows == 0 && eigen.vectors.columns == 0)
  }

  @Test func rectangularMatrixIsRefused() throws {
    let a = try Matrix<Float>(rows: 2, columns: 3)
    let message = "symmetric eigendecomposition: the matrix is 2×3; it must be square"
    #expect(throws: AlgebraError.shape(ShapeError(message))) { try SymmetricEigendecomposition(of: a) }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func numbersThatAreNoneAreRefusedWithTheirPlace(
    value: Double
  )
    throws
  {
    var a = try Matrix<Double>(rows: 3, columns: 3)
    a[2, 1] = value
    let error = #expect(throws: AlgebraError.self) { try SymmetricEigendecomposition(of: a) }
    #expect(
      error?.description
        == "symmetric eigendecomposition: matrix row 2, column 1 is \(value); only finite numbers can be factorised: "
        + "find where the value comes from (a diverged run, a division by zero) or drop the row")
  }
}
