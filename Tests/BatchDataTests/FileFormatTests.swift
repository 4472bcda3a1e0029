import BatchAlgebra
import CZlib
import Testing

@testable import BatchData

@Suite struct FileFormatTests {
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

  /// Taken apart with zlib alone: head, pixels behind their filter numbers, and check sums.
  @Test func pngHoldsThePixels() throws {
    let pixels = (0..<35).map { UInt8($0 * 7) }
    let png = PNGImage.encode(width: 7, height: 5, pixels: pixels)
    #expect(Array(png[..<8]) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    var chunks: [String: [UInt8]] = [:]
    var position = 8
    while position < png.count {
      let length = png[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let body = Array(png[position + 4..<position + 8 + length])
      let sum = png[position + 8 + length..<position + 12 + length].reduce(0) { $0 << 8 | UInt($1) }
      #expect(crc32(0, body, UInt32(body.count)) == sum)
      chunks[String(decoding: body[..<4], as: UTF8.self)] = Array(body[4...])
      position += 12 + length
    }
    #expect(chunks["IHDR"] == [0, 0, 0, 7, 0, 0, 0, 5, 8, 0, 0, 0, 0])
    var rows = [UInt8](repeating: 0, count: 40)
    var length = UInt(rows.count)
    let data = try #require(chunks["IDAT"])
    #expect(uncompress(&rows, &length, data, UInt(data.count)) == Z_OK)
    for row in 0..<5 {
      #expect(rows[row * 8] == 0)
      #expect(rows[row * 8 + 1..<row * 8 + 8] == pixels[row * 7..<row * 7 + 7])
    }
  }

  @Test func contactSheetShowsEachClassInARow() throws {
    let data = try Dataset(
      name: "x", features: Matrix(rows: 3, columns: 4, [0, 1, 1, 1, 5, 5, 5, 9, 2, 1, 1, 1]), exampleShape: [2, 2],
      targets: .classes(labels: [0, 1, 0], names: ["a", "b"]))
    let sheet = try #require(ContactSheet(data, perClass: 2))
    #expect(sheet.width == 6 && sheet.height == 6)
    #expect(Array(sheet.pixels[..<6]) == [0, 255, 0, 0, 255, 0])
    #expect(Array(sheet.pixels[24...]) == [0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0])
    #expect(sheet.text(columns: 6).split(separator: "\n", omittingEmptySubsequences: false).count == 3)
    let flat = try DataSource.dots(examples: 60).load().train
    #expect(ContactSheet(flat) == nil)
  }

  @Test func summariesCount() throws {
    let data = try Dataset(
      name: "x", features: Matrix(rows: 2, columns: 2, [1, 3, 5, 7]), exampleShape: [2],
      targets: .classes(labels: [1, 1], names: ["a", "b"]))
    let summary = DatasetSummary(data)
    #expect(summary.minimum == 1 && summary.maximum == 7 && summary.mean == 4)
    #expect(abs(summary.deviation - 5.0.squareRoot()) < 1e-12)
    #expect(summary.classCounts.map(\.count) == [0, 2])
  }
}
