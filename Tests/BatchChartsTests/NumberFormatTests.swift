import BatchFoundation
import Testing

@testable import BatchCharts

@Suite struct NumberFormatTests {
  @Test func countsTakeAnSForMoreThanOne() {
    #expect(NumberFormat.count(1, "epoch") == "1 epoch" && NumberFormat.count(0, "run") == "0 runs")
    #expect(NumberFormat.count(12_000, "update") == "12\u{202F}000 updates")
    #expect(Sentence.list([]) == "" && Sentence.list(["a"]) == "a" && Sentence.list(["a", "b", "c"]) == "a, b and c")
  }

  static let cases: [(String, String)] = [
    (NumberFormat.fixed(0.125, decimals: 2), "0.12"), (NumberFormat.fixed(-3, decimals: 2), "−3.00"),
    (NumberFormat.fixed(9.996, decimals: 2), "10.00"), (NumberFormat.fixed(-0.001, decimals: 1), "0.0"),
    (NumberFormat.fixed(.nan, decimals: 1), "–"), (NumberFormat.fixed(-.infinity, decimals: 1), "−∞"),
    (NumberFormat.significant(0.031_24, digits: 3), "0.0312"), (NumberFormat.significant(9.996, digits: 3), "10.0"),
    (NumberFormat.significant(12.44, digits: 3), "12.4"),
    (NumberFormat.significant(55_345, digits: 3), "55\u{202F}300"),
    (NumberFormat.significant(-999.6, digits: 3), "−1\u{202F}000"), (NumberFormat.significant(0, digits: 3), "0"),
    (NumberFormat.significant(1.5e-7, digits: 2), "1.5e-07"),
    (NumberFormat.grouped(-1_234_567), "−1\u{202F}234\u{202F}567"),
    (NumberFormat.grouped(999), "999"), (NumberFormat.percent(0.889_4), "88.9 %"),
    (NumberFormat.duration(3.2e-8), "32.0 ns"), (NumberFormat.duration(0.001_24), "1.24 ms"),
    (NumberFormat.duration(0.999_9), "1.00 s"), (NumberFormat.duration(14.2), "14.2 s"),
    (NumberFormat.duration(59.99), "1 min 00 s"), (NumberFormat.duration(185), "3 min 05 s"),
    (NumberFormat.duration(7800), "2 h 10 min"), (NumberFormat.duration(3599.9), "1 h 00 min"),
    (NumberFormat.duration(0), "0 s"), (NumberFormat.plain(0.1), "0.1"), (NumberFormat.plain(1024), "1024"),
  ]

  /// The whole range of numbers: nothing, the least and the largest, halves between, and what is no number.
  static func sizes(everyPower step: Int) -> [Double] {
    let powers = stride(from: -324, through: 308, by: step).map { Double("1e\($0)") ?? 0 }
    let edges: [Double] = [
      0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .infinity, 1e15.nextDown,
      1e-4.nextDown, 9.223_372_036_854_775_8e18, 0.999_5, 59.949, 59.95, 3599.5, 3.6e9.nextDown, 999.5,
    ]
    let positive = edges + powers + powers.map { $0 * 9.996 } + powers.map(\.nextUp)
    return positive + positive.map { -$0 } + [.nan]
  }

  @Test func everyNumberHasAText() {
    for value in Self.sizes(everyPower: 1) {
      var texts = [
        NumberFormat.whole(value), NumberFormat.duration(value), NumberFormat.bytes(value), NumberFormat.percent(value),
        NumberFormat.plain(value), NumberFormat.count(value, "update"), IntervalFormat.percent(value, nil),
        IntervalFormat.duration(value, nil), IntervalFormat.number(value, nil), SVG.number(value),
      ]
      texts += (0...6).map { NumberFormat.fixed(value, decimals: $0) }
      texts += (1...6).map { NumberFormat.significant(value, digits: $0) }
      if value.isFinite {
        let interval = min(value, -value)...max(value, -value)
        texts += [IntervalFormat.duration(value, interval), IntervalFormat.percent(value, interval)]
        texts.append(IntervalFormat.spread(MedianEstimate(value: value, interval: interval, count: 9)))
      }
      // A number of 300 digits would be as hard to read as none.
      for text in texts { #expect(!text.isEmpty && text.count < 90, "\(value): \(text)") }
    }
  }

  @Test func numbersBeyondWholeOnesAreWritten() throws {
    // No literals: the compiler warns of the digits that numbers below the normal ones lack.
    let (rate, time) = (try #require(Double("1e-310")), try #require(Double("1e-320")))
    #expect(NumberFormat.significant(rate, digits: 3) == "1.00e-310")
    #expect(NumberFormat.significant(.greatestFiniteMagnitude, digits: 3) == "1.80e+308")
    #expect(NumberFormat.fixed(-1e300, decimals: 2) == "−1.00e+300" && NumberFormat.whole(-0.4) == "0")
    #expect(NumberFormat.whole(1e20) == "1.00e+20" && NumberFormat.whole(12_000.4) == "12\u{202F}000")
    #expect(NumberFormat.duration(1e300) == "2.78e+296 h" && NumberFormat.duration(-125) == "−2 min 05 s")
    #expect(IntervalFormat.duration(time, nil) == "0 ns" && NumberFormat.count(1e20, "update") == "1.00e+20 updates")
  }

  @Test(arguments: cases.indices)
  func readsWell(_ index: Int) {
    #expect(Self.cases[index].0 == Self.cases[index].1)
  }
}
