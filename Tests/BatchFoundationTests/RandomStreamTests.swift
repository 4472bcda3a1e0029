import FoundationEssentials
import Testing

@testable import BatchFoundation

@Suite("Random streams")
struct RandomStreamTests {
  /// Random123's `kat_vectors` for philox4x32 with 10 rounds; the third has the digits of π as counter and key.
  @Test(
    "Philox gives the published known answers",
    arguments: [
      (
        SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
        SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
      ),
      (
        SIMD4(repeating: UInt32.max), SIMD2(repeating: UInt32.max),
        SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
        SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ])
  func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == expected)
  }

  @Test("The same seed, name and index give the same numbers, anything else gives others")
  func streamsAreNamed() {
    func first(_ seed: UInt64, _ name: String, _ index: UInt64 = 0) -> [UInt64] {
      var stream = RandomStream(seed: seed, name: name, index: index)
      return (0..<8).map { _ in stream.next() }
    }
    let reference = first(7, "order", 3)
    #expect(first(7, "order", 3) == reference)
    let all = [reference, first(8, "order", 3), first(7, "orders", 3), first(7, "order", 4), first(7, "", 3)]
    #expect(Set(all.flatMap { $0 }).count == 5 * 8)
  }

  @Test("A stream goes on where a stored copy of it stood", arguments: [0, 1, 2, 7])
  func resumes(drawn: Int) throws {
    var stream = RandomStream(seed: .max, name: "noise", index: .max)
    for _ in 0..<drawn { _ = stream.next() }
    var restored = try JSONDecoder().decode(RandomStream.self, from: JSONEncoder().encode(stream))
    #expect(restored == stream)
    for _ in 0..<5 { #expect(restored.next() == stream.next()) }
  }

  @Test("Uniform and normal numbers have the moments of their distributions")
  func moments() {
    var stream = RandomStream(seed: 1, name: "moments")
    let count = 20_000
    let uniforms = (0..<count).map { _ in stream.uniform() }
    let normals = (0..<count).map { _ in stream.normal() }
    func mean(_ values: [Double], _ power: Int) -> Double {
      values.reduce(0) { sum, x in sum + (0..<power).reduce(1) { product, _ in product * x } } / Double(values.count)
    }
    #expect(uniforms.allSatisfy { (0..<1).contains($0) })
    // Five standard errors each: √(1/12 n), √(4/45 n), √(1/n), √(2/n), √(96/n).
    let n = Double(count)
    #expect(abs(mean(uniforms, 1) - 1 / 2) < 5 * (1 / 12 / n).squareRoot())
    #expect(abs(mean(uniforms, 2) - 1 / 3) < 5 * (4 / 45 / n).squareRoot())
    #expect(abs(mean(normals, 1)) < 5 * (1 / n).squareRoot())
    #expect(abs(mean(normals, 2) - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(mean(normals, 4) - 3) < 5 * (96 / n).squareRoot())
  }

  @Test("Bounded integers are even", arguments: [1, 2, 3, 7, 10])
  func boundedIntegers(bound: Int) {
    var stream = RandomStream(seed: 2, name: "integers")
    let draws = 10_000
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<draws { counts[stream.integer(below: bound)] += 1 }
    let expected = Double(draws) / Double(bound)
    for count in counts { #expect(abs(Double(count) - expected) < 5 * expected.squareRoot() + 1) }
  }

  @Test("A large bound is drawn without the bias of a plain product or modulus")
  func largeBound() {
    // 2⁶⁴ values fall on 3·2⁶¹ integers, three or two on each. Without rejection, a product would give the integers
    // ≡ 2 (mod 3), and a modulus those of the last third, a quarter of all draws instead of a third.
    let bound = 3 << 61
    var stream = RandomStream(seed: 3, name: "integers")
    let draws = (0..<3000).map { _ in stream.integer(below: bound) }
    let tolerance = 5 * (3000.0 * 2 / 9).squareRoot()
    #expect(abs(Double(draws.count { $0 % 3 == 2 }) - 1000) < tolerance)
    #expect(abs(Double(draws.count { $0 >= bound / 3 * 2 }) - 1000) < tolerance)
  }

  @Test("A shuffle is a permutation, and all six orders of three are equally frequent")
  func shuffle() {
    var stream = RandomStream(seed: 4, name: "shuffle")
    let order = stream.permutation(of: 5..<1005)
    #expect(order.sorted() == Array(5..<1005))
    #expect(order != Array(5..<1005))
    var counts: [[Int32]: Int] = [:]
    for _ in 0..<6000 { counts[stream.permutation(of: 0..<3), default: 0] += 1 }
    #expect(counts.count == 6)
    for (_, count) in counts { #expect(abs(count - 1000) < 150) }
    var empty: [Int32] = []
    stream.shuffle(&empty)
    #expect(empty.isEmpty)
  }
}
