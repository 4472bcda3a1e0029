import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct QRDecompositionTests {
  @Test(arguments: [(1, 1), (3, 3), (5, 2), (2, 5), (33, 8), (8, 33), (40, 39), (100, 1), (1, 100)])
  func rebuildsTheMatrix(rows: Int, columns: Int) throws {
    try check(rows, columns, as: Float.self)
    try check(rows, columns, as: Double.self)
  }

  private func check<S: Scalar>(_ rows: Int, _ columns: Int, as type: S.Type) throws {
    let a: Matrix<S> = try randomMatrix(rows, columns)
    let qr = try QRDecomposition(of: a)
    let k = min(rows, columns)
    #expect(qr.q.rows == rows && qr.q.columns == k && qr.r.rows == k && qr.r.columns == columns)
    let rounding = Double(S.ulpOfOne) * Double(rows + columns) * 4
    #expect(firstMismatch(a.elements, naiveProduct(qr.q, qr.r), absolute: rounding) == nil)
    #expect(departureFromOrthonormality(ofColumnsOf: qr.q) <= rounding)
    for i in 0..<k {
      #expect(qr.r[i, i] >= 0)
      #expect((0..<min(i, columns)).allSatisfy { qr.r[i, $0] == 0 })
    }
  }

  @Test func factorsOfASmallMatrix() throws {
    // By Gram–Schmidt: the first column has length 5.
    let qr = try QRDecomposition(of: Matrix<Double>(rows: 2, columns: 2, [3, 1, 4, 2]))
    #expect(firstMismatch(qr.q.elements, [0.6, -0.8, 0.8, 0.6], absolute: 1e-15) == nil)
    #expect(firstMismatch(qr.r.elements, [5, 2.2, 0, 0.4], absolute: 1e-15) == nil)
  }

  @Test func dependentColumnsKeepQOrthonormal() throws {
    let a = try Matrix<Double>(rows: 3, columns: 2, [1, 2, 1, 2, 1, 2])
    let qr = try QRDecomposition(of: a)
    #expect(departureFromOrthonormality(ofColumnsOf: qr.q) < 1e-14)
    #expect(qr.r[1, 1] < 1e-14)
    #expect(firstMismatch(a.elements, naiveProduct(qr.q, qr.r), absolute: 1e-14) == nil)
  }

  @Test func emptyMatrices() throws {
    for (rows, columns) in [(0, 0), (0, 3), (3, 0)] {
      let qr = try QRDecomposition(of: Matrix<Float>(rows: rows, columns: columns))
      #expect(qr.q.rows == rows && qr.q.columns == 0 && qr.r.rows == 0 && qr.r.columns == columns)
    }
  }

  @Test func aNaNIsRefused() throws {
    let a = try Matrix<Float>(rows: 1, columns: 2, [1, .nan])
    let error = NotFiniteError(operation: "QR decomposition", place: "matrix row 0, column 1", value: "nan")
    #expect(throws: AlgebraError.notFinite(error)) { try QRDecomposition(of: a) }
  }
}
