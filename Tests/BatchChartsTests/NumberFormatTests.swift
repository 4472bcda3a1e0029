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

  @Test(arguments: cases.indices)
  func readsWell(_ index: Int) {
    #expect(Self.cases[index].0 == Self.cases[index].1)
  }
}
