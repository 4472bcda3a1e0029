import Testing

@testable import BatchFoundation

@Suite struct CentralIntervalTests {
  /// The number of values 1, 2, … n, and the ends of their interval.
  private static let cases: [(Int, ClosedRange<Int>)] = [
    (1, 1...1), (5, 1...5), (39, 1...39), (78, 1...78), (79, 2...78), (200, 5...196), (999, 25...975), (1000, 25...976),
  ]

  @Test(arguments: cases.indices)
  func endsAreOfEqualRank(_ index: Int) {
    let (count, interval) = Self.cases[index]
    #expect(centralInterval((1...count).reversed()) == interval)
  }
}
