import Testing

@testable import BatchAlgebra

@Suite struct MatrixTests {
  @Test func hasValueSemantics() throws {
    var a = try Matrix<Float>(rows: 2, columns: 2, [1, 2, 3, 4])
    let b = a
    a[0, 1] = 9
    #expect(a.elements == [1, 9, 3, 4] && b.elements == [1, 2, 3, 4])
  }

  @Test func transposes() throws {
    let a = try Matrix<Double>(rows: 2, columns: 3, [1, 2, 3, 4, 5, 6])
    #expect(try a.transposed() == Matrix(rows: 3, columns: 2, [1, 4, 2, 5, 3, 6]))
  }

  @Test func buffersAreAlignedAndZero() throws {
    for count in [0, 1, 15, 16, 17, 1000] {
      let buffer = try AlignedBuffer<Float>(count: count)
      #expect(UInt(bitPattern: buffer.baseAddress) % 64 == 0)
      withExtendedLifetime(buffer) { #expect(buffer.elements.allSatisfy { $0 == 0 }) }
    }
  }

  @Test func memoryThatCannotBeHadIsAnError() {
    #expect(throws: AllocationError.self) { try AlignedBuffer<Double>(count: Int.max / 8) }
    #expect(throws: AllocationError.self) { try Matrix<Float>(rows: Int.max, columns: 2) }
    #expect(
      AllocationError(byteCount: 3_145_728).description
        == "out of memory: 3 MiB could not be allocated; use a smaller batch capacity or model")
  }

  @Test func blocksAreInPlace() throws {
    var a = try Matrix<Float>(rows: 3, columns: 4, (0..<12).map(Float.init))
    a.withMutableView { view in
      let block = view.block(rows: 1..<3, columns: 1..<3)
      #expect(block[0, 0] == 5 && block[1, 1] == 10)
      block[1, 0] = -1
    }
    #expect(a[2, 1] == -1)
  }
}
