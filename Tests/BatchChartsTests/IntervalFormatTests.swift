import BatchFoundation
import Testing

@testable import BatchCharts

@Suite struct IntervalFormatTests {
  static let cases: [(String, String)] = [
    (IntervalFormat.percent(0.04, 0.02...0.06), "4 % [2, 6]"),
    (IntervalFormat.percent(-0.002, -0.008...0.003), "−0.2 % [−0.8, 0.3]"),
    (IntervalFormat.percent(0.003, -0.005...0.01, signed: true), "+0.3 % [−0.5, 1.0]"),
    (IntervalFormat.percent(0.000_1, nil, signed: true), "0.0 %"),
    (IntervalFormat.percent(-0.1, nil, signed: true), "−10.0 %"),
    (IntervalFormat.percent(.infinity, nil), "∞ %"),
    (IntervalFormat.number(31_420, 31_100...31_800), "31\u{202F}400 [31\u{202F}100, 31\u{202F}800]"),
    (IntervalFormat.duration(1.21e-5, 1.18e-5...1.24e-5), "12.1 µs [11.8, 12.4]"),
    (IntervalFormat.duration(9.6e-7, 9.4e-7...1.02e-6), "960 ns [940, 1020]"),
    (IntervalFormat.duration(0, 0...2e-9), "0.00 ns [0.00, 2.00]"), (IntervalFormat.duration(2, nil), "2.00 s"),
    (IntervalFormat.spread(MedianEstimate(value: 6.21e-5, interval: 6.18e-5...6.24e-5, count: 9)), "62.1 ± 0.3 µs"),
    (IntervalFormat.spread(MedianEstimate(value: 3.456e-4, interval: 3.455e-4...3.457e-4, count: 9)), "345.6 ± 0.1 µs"),
    (IntervalFormat.spread(MedianEstimate(value: 0.5, interval: nil, count: 3)), "500 ms"),
    (NumberFormat.bytes(0), "0 B"), (NumberFormat.bytes(1536), "1.50 KiB"), (NumberFormat.bytes(1_048_575), "1.00 MiB"),
    (NumberFormat.bytes(5 * 1_073_741_824), "5.00 GiB"),
  ]

  @Test(arguments: cases.indices)
  func readsWell(_ index: Int) {
    #expect(Self.cases[index].0 == Self.cases[index].1)
  }
}
