import BatchAlgebra
import BatchTestSupport
import Testing

@Suite struct MatrixTests {
  @Test func writingACopyLeavesTheOriginal() throws {
    let original = try Matrix<Float>(rows: 2, columns: 2, [1, 2, 3, 4])
    var copy = original
    copy[1, 0] = 9
    copy.withMutableView { $0[0, 0] = 8 }
    #expect(original.elements == [1, 2, 3, 4])
    #expect(copy.elements == [8, 2, 9, 4])
    #expect(copy != original)
  }

  @Test(arguments: [(0, 0), (0, 3), (3, 0), (1, 1), (3, 5), (31, 33), (64, 65)])
  func transposeExchangesRowsAndColumns(rows: Int, columns: Int) throws {
    var numbers = TestNumbers(seed: 1)
    let a = try Matrix<Double>(rows: rows, columns: columns, numbers.uniform(count: rows * columns, as: Double.self))
    let b = try a.transposed()
    #expect(b.rows == columns && b.columns == rows)
    #expect((0..<rows).allSatisfy { i in (0..<columns).allSatisfy { b[$0, i] == a[i, $0] } })
    #expect(try b.transposed() == a)
  }

  @Test func buffersAreAlignedAndZero() throws {
    for count in [0, 1, 15, 16, 17, 1000] {
      let buffer = try AlignedBuffer<Float>(count: count)
      #expect(UInt(bitPattern: buffer.baseAddress) % 64 == 0)
      #expect(buffer.elements.count == count && buffer.elements.allSatisfy { $0 == 0 })
    }
  }

  @Test func memoryThatCannotBeHadIsAnError() {
    #expect(throws: AllocationError.self) { try AlignedBuffer<Double>(count: 1 << 58) }
    #expect(throws: AllocationError(byteCount: .max)) { try AlignedBuffer<Double>(count: .max) }
    #expect(throws: AllocationError(byteCount: .max)) { try Matrix<Float>(rows: .max, columns: 2) }
    #expect(
      AllocationError(byteCount: 5 << 20).description
        == "out of memory: 5 MiB could not be allocated; use a smaller batch capacity or model")
  }

  @Test func blocksLieInPlace() throws {
    let a = PaddedMatrix<Float>(rows: 3, columns: 4, padding: 2, (0..<12).map(Float.init))
    let block = a.mutableView.block(rows: 1..<3, columns: 2..<4)
    #expect(block.rows == 2 && block.columns == 2 && block.rowStride == 6)
    #expect(block[0, 0] == 6 && block.readOnly[1, 1] == 11 && block.row(1)[0] == 10)
    block[0, 1] = -1
    #expect(a.elements[7] == -1 && a.paddingIsIntact)
  }

  @Test func makersFillRowAfterRow() throws {
    let a = try Matrix<Double>(rows: 2, columns: 3) { i, j in Double(10 * i + j) }
    #expect(a == (try Matrix([[0, 1, 2], [10, 11, 12]])))
    #expect(a.row(1) == [10, 11, 12] && a.column(2) == [2, 12])
    #expect(try Matrix<Float>.identity(2).elements == [1, 0, 0, 1])
    #expect(try Matrix<Float>([]).count == 0 && Matrix<Float>([[], []]).rows == 2)
  }

  @Test func arraysLendThemselvesAsMatrices() {
    var elements: [Float] = [1, 2, 3, 4, 5, 6]
    #expect(elements.withMatrixView(rows: 3, columns: 2) { $0[2, 0] } == 5)
    elements.withMutableMatrixView(rows: 2, columns: 3) { $0[1, 0] = 9 }
    #expect(elements == [1, 2, 3, 9, 5, 6])
    #expect([Double]().withMatrixView(rows: 0, columns: 4) { $0.columns } == 4)
  }

  @Test func aDescriptionShowsShapeAndAlignedColumns() throws {
    let a = try Matrix<Double>([[1, -0.1 - 0.2, .nan], [1_234_567, 1e-9, -.infinity]])
    #expect("\(a)" == "2×3 Double\n            1   -0.3   nan\n  1.23457e+06  1e-09  -inf")
    #expect("\(try Matrix<Float>(rows: 0, columns: 3))" == "0×3 Float")
  }

  @Test func aLargeMatrixShowsItsCorners() throws {
    let a = try Matrix<Float>(rows: 1000, columns: 9) { i, j in Float(i + j) }
    #expect(
      a.description == """
        1000×9 Float
            0     1     2     3  …     6     7     8
            1     2     3     4  …     7     8     9
            2     3     4     5  …     8     9    10
            3     4     5     6  …     9    10    11
            ⋮     ⋮     ⋮     ⋮  ⋱     ⋮     ⋮     ⋮
          997   998   999  1000  …  1003  1004  1005
          998   999  1000  1001  …  1004  1005  1006
          999  1000  1001  1002  …  1005  1006  1007
        """)
  }

  @Test func aPlaceOutsideStopsTheProgramWithItsReason() async {
    let read = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Matrix<Float>(rows: 2, columns: 3)[2, 0]
    }
    #expect(errorText(of: read).contains("(2, 0) lies outside 2×3"))
    let write = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var matrix = try Matrix<Float>(rows: 2, columns: 3)
      matrix[0, -1] = 1
    }
    #expect(errorText(of: write).contains("(0, -1) lies outside 2×3"))
    let short = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [Float](repeating: 0, count: 5).withMatrixView(rows: 2, columns: 3) { _ in }
    }
    #expect(errorText(of: short).contains("5 elements do not fill 2×3"))
  }

  @Test func aBlockOutsideStopsTheProgram() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let a = PaddedMatrix<Float>(rows: 3, columns: 4, padding: 0, [Float](repeating: 0, count: 12))
      _ = a.view.block(rows: 2..<4, columns: 0..<1)
    }
    #expect(errorText(of: result).contains("rows 2..<4, columns 0..<1 lie outside 3×4"))
  }
}
