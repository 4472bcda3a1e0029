import Testing

@testable import BatchFoundation

@Suite struct SampleTests {
  @Test func meanSpreadAndInterval() throws {
    let sample = Sample([1, 2, 3, 4])
    #expect(sample.mean == 2.5)
    #expect(abs(try #require(sample.variance) - 5.0 / 3) < 1e-15)
    // Student's t at 3 degrees of freedom: 3.182446 (Fisher & Yates, table III).
    let half = 3.182446305 * (5.0 / 3).squareRoot() / 2
    let interval = try #require(sample.interval)
    #expect(abs(interval.lowerBound - (2.5 - half)) < 1e-8 && abs(interval.upperBound - (2.5 + half)) < 1e-8)
  }

  /// Published quantiles of Student's t.
  @Test(arguments: [(2, 12.706204736), (3, 4.302652730), (6, 2.570581836), (31, 2.042272456), (1001, 1.962339081)])
  func intervalsUseStudentsT(_ count: Int, _ quantile: Double) throws {
    // Values with variance n/(n − 1) about 0: half of them 1, half −1, and a 0 where the count is odd.
    let values = (0..<count).map { Double($0 < count / 2 ? 1 : $0 < count / 2 * 2 ? -1 : 0) }
    let sample = Sample(values)
    let expected = quantile * (try #require(sample.deviation)) / Double(count).squareRoot()
    #expect(abs(try #require(sample.interval).upperBound - expected) < 1e-7 * expected)
  }

  @Test(arguments: [.nan, .infinity, -.infinity, .greatestFiniteMagnitude] as [Double])
  func whatIsNoNumberHasNoInterval(_ value: Double) {
    #expect(Sample([1, value, 2]).interval == nil)
  }

  @Test func aSingleValueHasNoSpread() {
    let sample = Sample([3])
    #expect(sample.mean == 3 && sample.deviation == nil && sample.interval == nil)
  }
}
