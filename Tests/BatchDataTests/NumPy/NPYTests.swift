import BatchAlgebra
import BatchData
import Testing

@Suite struct NPYTests {
  @Test(arguments: [(0, 3), (1, 1), (3, 7), (200, 50)])
  func npyGivesBackTheMatrix(_ rows: Int, _ columns: Int) throws {
    let matrix = try Matrix<Float>(rows: rows, columns: columns, (0..<rows * columns).map { Float($0) / 7 })
    let bytes = NPY.encode(matrix)
    #expect((bytes.count - rows * columns * 4) % 64 == 0)
    #expect(try NPY.decode(bytes, path: "x.npy") == matrix)
  }

  /// The file that `numpy.save` writes for [[1, 2]] in 32-bit floats (NumPy 2.4).
  @Test func npyIsWhatNumPyWrites() throws {
    let head = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    let padding = String(repeating: " ", count: 118 - head.utf8.count - 1) + "\n"
    let bytes =
      [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array((head + padding).utf8) + [0, 0, 128, 63, 0, 0, 0, 64]
    #expect(try NPY.encode(Matrix(rows: 1, columns: 2, [1, 2])) == bytes)
  }

  @Test func npyRefusesWhatItIsNot() throws {
    let good = NPY.encode(try Matrix(rows: 2, columns: 2, [1, 2, 3, 4]))
    for bad in [[], Array(good.dropLast()), good + [0], [1] + good.dropFirst(), Array(good[..<20])] {
      #expect(throws: DataError.self) { try NPY.decode(bad, path: "x.npy") }
    }
  }
}
