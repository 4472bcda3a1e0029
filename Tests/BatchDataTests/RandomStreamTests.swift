import Testing

@testable import BatchData

@Suite struct RandomStreamTests {
  /// The known answers that come with Random123, the authors' implementation (philox4x32, 10 rounds).
  @Test func philoxGivesTheKnownAnswers() {
    #expect(Philox.block(counter: (0, 0), key: 0) == (0xe169_c58d_6627_e8d5, 0x9b00_dbd8_bc57_ac4c))
    #expect(
      Philox.block(counter: (.max, .max), key: .max) == (0x41c8_3b0e_408f_276d, 0x6d54_51fd_a20b_c7c6))
    #expect(
      Philox.block(counter: (0x85a3_08d3_243f_6a88, 0x0370_7344_1319_8a2e), key: 0x299f_31d0_a409_3822)
        == (0x94fd_cceb_d16c_fe09, 0x2412_6ea1_5001_e420))
  }

  /// The 10 000th number of C++26's default philox4x32 is 1955073260 ([rand.predef]).
  @Test func philoxGivesTheStandardsCheckValue() {
    #expect(Philox.block(counter: (2499, 0), key: 20_111_115).1 >> 32 == 1_955_073_260)
  }

  @Test func streamsAreReproducibleAndApart() {
    func draws(_ seed: UInt64, _ name: String, _ index: UInt64 = 0) -> [UInt64] {
      var stream = RandomStream(seed: seed, name: name, index: index)
      return (0..<4).map { _ in stream.next() }
    }
    #expect(draws(1, "order") == draws(1, "order"))
    let others = [draws(1, "order"), draws(2, "order"), draws(1, "split"), draws(1, "order", 1), draws(1, "")]
    #expect(Set(others.flatMap { $0 }).count == 20)
  }

  @Test func goesOnFromAStoredState() {
    var stream = RandomStream(seed: 3, name: "x")
    for _ in 0..<7 { _ = stream.next() }
    var copy = stream
    #expect((0..<5).map { _ in stream.next() } == (0..<5).map { _ in copy.next() })
  }

  /// Moments of 100 000 draws, within five standard errors.
  @Test func numbersAreDistributedAsNamed() {
    var stream = RandomStream(seed: 11, name: "moments")
    let count = 100_000.0
    let uniform = (0..<100_000).map { _ in stream.uniform() }
    #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(uniform.reduce(0, +) / count - 0.5) < 5 * (1 / 12 / count).squareRoot())
    let normal = (0..<100_000).map { _ in stream.normal() }
    #expect(abs(normal.reduce(0, +) / count) < 5 / count.squareRoot())
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / count - 1) < 5 * (2 / count).squareRoot())
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count - 3) < 5 * (96 / count).squareRoot())
  }

  /// Each of the six orders of three values comes up a sixth of the time.
  @Test func allOrdersAreEquallyLikely() {
    var stream = RandomStream(seed: 5, name: "orders")
    var counts: [[Int32]: Int] = [:]
    for _ in 0..<12_000 {
      var values: [Int32] = [0, 1, 2]
      values.withUnsafeMutableBufferPointer { stream.shuffle($0) }
      counts[values, default: 0] += 1
    }
    #expect(counts.count == 6)
    // Five standard deviations of a binomial count: √(12 000 · 5/36).
    #expect(counts.values.allSatisfy { abs($0 - 2000) < 205 })
  }
}
