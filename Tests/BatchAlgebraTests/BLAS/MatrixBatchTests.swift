import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct MatrixBatchTests {
  @Test(arguments: [0, 1, 2, 5, 8], [1, 2, 3]) func everyProductAgreesWithItsTwin(count: Int, threads: Int) throws {
    try check(count, threads, as: Float.self)
    try check(count, threads, as: Double.self)
  }

  private func check<S: Scalar>(_ count: Int, _ threads: Int, as type: S.Type) throws {
    let (m, n, k) = (17, 9, 33)
    var numbers = TestNumbers(seed: UInt64(count))
    // Matrices one above the other in one: their distance is that of so many rows.
    let a = PaddedMatrix(rows: count * k, columns: m, padding: 2, numbers.uniform(count: count * k * m, as: S.self))
    let b = PaddedMatrix(rows: k, columns: n, padding: 1, numbers.uniform(count: k * n, as: S.self))
    let start = numbers.uniform(count: count * m * n, as: S.self)
    let c = PaddedMatrix(rows: count * m, columns: n, padding: 3, start)
    let aBatch = MatrixBatchView(
      MatrixView(
        UnsafePointer(a.baseAddress), rows: k, columns: m, rowStride: a.rowStride), count: count)
    let bBatch = MatrixBatchView(b.view, count: count, stride: 0)
    let cBatch = MutableMatrixBatchView(
      MutableMatrixView(c.baseAddress, rows: m, columns: n, rowStride: c.rowStride), count: count)
    if threads == 1 {
      try gemm(alpha: 2, aBatch, .transposed, times: bBatch, beta: 0.5, into: cBatch)
    } else {
      let team = try ThreadTeam(threads: threads)
      try gemm(team: team, alpha: 2, aBatch, .transposed, times: bBatch, beta: 0.5, into: cBatch)
    }
    let expected = (0..<count).flatMap { i in
      naiveProduct(
        alpha: 2, a.view.block(rows: i * k..<(i + 1) * k, columns: 0..<m), .transposed, b.view, beta: 0.5,
        Array(start[i * m * n..<(i + 1) * m * n]))
    }
    #expect(firstMismatch(c.elements, expected, absolute: Double(S.ulpOfOne) * Double(k) * 4) == nil)
    #expect(c.paddingIsIntact)
  }

  @Test func interleavedMatricesAreAllowed() throws {
    // Two heads of two columns each, side by side in rows of four.
    var rows: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
    let unit = try Matrix<Float>.identity(2)
    var doubled = [Float](repeating: 0, count: 8)
    try rows.withMutableMatrixView(rows: 2, columns: 4) { rows throws(ShapeError) in
      try doubled.withMutableMatrixView(rows: 2, columns: 4) { doubled throws(ShapeError) in
        try unit.withView { unit throws(ShapeError) in
          try gemm(
            alpha: 2, MatrixBatchView(rows.readOnly.block(rows: 0..<2, columns: 0..<2), count: 2, stride: 2),
            times: MatrixBatchView(unit, count: 2, stride: 0),
            into: MutableMatrixBatchView(doubled.block(rows: 0..<2, columns: 0..<2), count: 2, stride: 2))
        }
      }
    }
    #expect(doubled == [2, 4, 6, 8, 10, 12, 14, 16])
  }

  @Test func differentNumbersOfMatricesShowAll() throws {
    let one = PaddedMatrix<Double>(rows: 1, columns: 1, padding: 0, [1])
    #expect(throws: ShapeError("batch of products: there are 2 A, 3 B and 1 C; their numbers must be equal")) {
      try gemm(
        MatrixBatchView(one.view, count: 2, stride: 0), times: MatrixBatchView(one.view, count: 3, stride: 0),
        into: MutableMatrixBatchView(one.mutableView, count: 1))
    }
  }

  @Test func matricesThatShareElementsStopTheProgram() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let matrix = PaddedMatrix<Float>(rows: 2, columns: 3, padding: 0, [Float](repeating: 0, count: 6))
      _ = MutableMatrixBatchView(matrix.mutableView, count: 2, stride: 2)
    }
    #expect(errorText(of: result).contains("matrices of 2×3 at a distance of 2 share elements"))
  }
}
