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

  @Test func aBlockOutsideStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let a = PaddedMatrix<Float>(rows: 3, columns: 4, padding: 0, [Float](repeating: 0, count: 12))
      _ = a.view.block(rows: 2..<4, columns: 0..<1)
    }
  }
}
