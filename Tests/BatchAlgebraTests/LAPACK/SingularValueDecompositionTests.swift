import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct SingularValueDecompositionTests {
  @Test(arguments: [(1, 1), (3, 3), (5, 2), (2, 5), (33, 8), (8, 33), (60, 60), (100, 1), (1, 100)])
  func rebuildsTheMatrix(rows: Int, columns: Int) throws {
    try check(rows, columns, as: Float.self)
    try check(rows, columns, as: Double.self)
  }

  private func check<S: Scalar>(_ rows: Int, _ columns: Int, as type: S.Type) throws {
    let a: Matrix<S> = try randomMatrix(rows, columns)
    let svd = try SingularValueDecomposition(of: a)
    let k = min(rows, columns)
    #expect(svd.u.rows == rows && svd.u.columns == k)
    #expect(svd.vTransposed.rows == k && svd.vTransposed.columns == columns)
    #expect(svd.values.count == k && zip(svd.values, svd.values.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(svd.values.allSatisfy { $0 >= 0 })
    let rounding = Double(S.ulpOfOne) * Double(rows + columns) * 8
    #expect(departureFromOrthonormality(ofColumnsOf: svd.u) <= rounding)
    #expect(departureFromOrthonormality(ofColumnsOf: try svd.vTransposed.transposed()) <= rounding)
    let rebuilt = naiveProduct(scalingColumns(of: svd.u, by: svd.values), svd.vTransposed)
    #expect(firstMismatch(a.elements, rebuilt, absolute: rounding) == nil)
    #expect(
      firstMismatch(
        try SingularValueDecomposition.values(of: a), svd.values.map(Double.init), absolute: rounding) == nil)
  }

  @Test func hilbertMatrix() throws {
    // The 4×4 Hilbert matrix, as NumPy's svd gives them.
    var hilbert = try Matrix<Double>(rows: 4, columns: 4)
    for i in 0..<4 { for j in 0..<4 { hilbert[i, j] = 1 / Double(i + j + 1) } }
    let expected = [
      1.500_214_280_059_242_7, 1.691_412_202_214_499_4e-01, 6.738_273_605_760_747e-03, 9.670_230_402_258_687e-05,
    ]
    #expect(firstMismatch(try SingularValueDecomposition.values(of: hilbert), expected, absolute: 1e-15) == nil)
  }

  @Test func emptyMatrices() throws {
    for (rows, columns) in [(0, 0), (0, 3), (3, 0)] {
      let svd = try SingularValueDecomposition(of: Matrix<Float>(rows: rows, columns: columns))
      #expect(svd.values.isEmpty && svd.u.rows == rows && svd.vTransposed.columns == columns)
      #expect(svd.u.columns == 0 && svd.vTransposed.rows == 0)
    }
  }

  @Test func anInfinityIsRefused() throws {
    let a = try Matrix<Float>(rows: 2, columns: 1, [1, -.infinity])
    let error = NotFiniteError(
      operation: "singular value decomposition", place: "matrix row 1, column 0", value: "-inf")
    #expect(throws: AlgebraError.notFinite(error)) { try SingularValueDecomposition(of: a) }
  }
}
