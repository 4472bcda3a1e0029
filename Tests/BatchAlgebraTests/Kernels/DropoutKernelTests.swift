import BatchAlgebra
import BatchTestSupport
import CBatchKernels
import Testing

@Suite struct DropoutKernelTests {
  private static let widths = [0, 1, 7, 15, 16, 17, 63, 64, 65, 129, 512]

  /// Known answers of the authors' own implementation (Random123, kat_vectors).
  @Test func theTwinIsPhilox() {
    #expect(
      NaiveDropout.philox([0, 0, 0, 0], key: [0, 0]) == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
    let ones = UInt32.max
    #expect(
      NaiveDropout.philox([ones, ones, ones, ones], key: [ones, ones])
        == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
  }

  @Test(arguments: InstructionSet.supported, widths)
  func followsItsTwin(_ set: InstructionSet, _ columns: Int) {
    for (rows, rate) in [(0, 0.5), (1, 0.5), (3, 0.1), (5, 0.9), (2, 0), (2, 1 - 1e-12)] {
      var dropout = bk_dropout()
      dropout.key = 0x0123_4567_89AB_CDEF
      dropout.round = 0x9_0000_0003
      dropout.first_row = 40
      dropout.rate = rate
      let mask = NaiveDropout.mask(
        rows: rows, columns: columns, firstRow: 40, round: dropout.round, key: dropout.key, rate: rate)
      var numbers = TestNumbers(seed: UInt64(columns))
      let x: [Float] = numbers.uniform(count: rows * columns, as: Float.self)
      let from = PaddedMatrix(rows: rows, columns: columns, padding: 3, x)
      let to = PaddedMatrix(rows: rows, columns: columns, padding: 5, x)
      set.singleKernels.dropout(
        &dropout, rows, columns, from.baseAddress, from.rowStride, to.baseAddress, to.rowStride)
      #expect(firstMismatch(to.elements, zip(x, mask).map { Double($0) * $1 }, relative: 1e-6) == nil)
      #expect(to.paddingIsIntact && from.elements == x)

      let y = x.map(Double.init)
      let wide = PaddedMatrix(rows: rows, columns: columns, padding: 3, y)
      let out = PaddedMatrix(rows: rows, columns: columns, padding: 5, y)
      set.doubleKernels.dropout(
        &dropout, rows, columns, wide.baseAddress, wide.rowStride, out.baseAddress, out.rowStride)
      #expect(firstMismatch(out.elements, zip(y, mask).map { $0 * $1 }, relative: 1e-15) == nil)
      #expect(out.paddingIsIntact)
    }
  }

  @Test(arguments: InstructionSet.supported)
  func whatIsNoNumberStaysNone(_ set: InstructionSet) {
    var dropout = bk_dropout()
    dropout.rate = 0.5
    let x = [Float](repeating: .nan, count: 100)
    var y = [Float](repeating: 0, count: 100)
    set.singleKernels.dropout(&dropout, 1, 100, x, 100, &y, 100)
    #expect(y.allSatisfy { $0.isNaN })
  }
}
