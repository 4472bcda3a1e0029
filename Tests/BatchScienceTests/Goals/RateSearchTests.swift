import BatchTestSupport
import Foundation
import Testing

@testable import BatchScience

/// The search for a learning rate.
@Suite struct RateSearchTests {
  /// Searches with made-up steps by rate.
  private func search(
    _ search: RateSearch, guess: Double, _ steps: (RateSearch.Point) -> Double?
  ) -> [RateSearch.Trial] {
    var trials: [RateSearch.Trial] = []
    while let point = search.next(after: trials, guess: guess) {
      trials.append(RateSearch.Trial(point, steps: steps(point)))
    }
    return trials
  }

  @Test func theSmallSearchTriesTheGuessItsHalfAndItsDouble() {
    let trials = search(.small, guess: 0.1) { 100 + abs(log($0.learningRate / 0.1)) }
    #expect(trials.map(\.point.learningRate) == [0.1, 0.05, 0.2])
    #expect(RateSearch.isInterior(trials) && RateSearch.best(of: trials)?.point.learningRate == 0.1)
  }

  /// Wherever the best rate is within the search's reach, it is found to a factor of two, between worse ones.
  @Test(arguments: [0.004, 0.01, 0.03, 0.1, 0.25, 0.7, 2.0, 5.0])
  func itWidensUntilTheBestIsBetweenWorseOnes(_ best: Double) {
    var wide = RateSearch.small
    wide.mostPoints = 12
    let trials = search(wide, guess: 0.1) { 100 * (1 + pow(log($0.learningRate / best), 2)) }
    #expect(RateSearch.isInterior(trials))
    let found = RateSearch.best(of: trials)?.point.learningRate ?? 0
    #expect(abs(log2(found / best)) <= 0.51)
  }

  @Test func ratesThatDoNotGetThereCountAsWorse() {
    let trials = search(.small, guess: 0.1) { $0.learningRate > 0.15 ? nil : 100 / $0.learningRate }
    #expect(RateSearch.best(of: trials)?.point.learningRate == 0.1 && trials.count == 3)
  }

  @Test func whereNothingGetsThereItEndsWithItsPoints() {
    let trials = search(.small, guess: 0.1) { _ in nil }
    #expect(trials.count == RateSearch.small.mostPoints)
    // In both directions, each rate once.
    let rates = trials.map(\.point.learningRate)
    #expect(Set(rates).count == rates.count && (rates.min() ?? 1) < 0.02 && (rates.max() ?? 0) > 0.5)
  }

  @Test func pointsOfASeededSearchFillTheBox() {
    let wide = RateSearch(count: 64, reach: 8, momentum: 0.5...0.99, seed: 3, mostPoints: 64)
    let trials = search(wide, guess: 0.1) { _ in 100 }
    let places = trials.map { (log($0.point.learningRate / 0.1) / log(8) + 1) / 2 }
    #expect(places.allSatisfy { (-0.01...1.01).contains($0) })
    // Of 64 points of the sequence each sixteenth of the box holds four, give or take one at its edges.
    for part in 0..<16 {
      let count = places.count { Int($0 * 16) == part }
      #expect((3...5).contains(count))
    }
    let momenta = trials.compactMap(\.point.momentum)
    #expect(momenta.count == 64 && momenta.allSatisfy { (0.5...0.99).contains($0) })
    #expect(momenta.count { $0 > 0.93 } > 25, "half of them lie beyond the geometric middle of 1 - momentum")
    #expect(search(wide, guess: 0.1) { _ in 100 } == trials)
  }

  @Test func pointsThatThreeDigitsMakeTheSameAreTriedOnce() {
    var narrow = RateSearch(count: 20, reach: 1.01, mostPoints: 40)
    for seed in [nil, 1] as [UInt64?] {
      narrow.seed = seed
      let rates = search(narrow, guess: 0.1) { 100 + $0.learningRate }.map(\.point.learningRate)
      #expect(Set(rates).count == rates.count && rates.count <= 40)
    }
  }

  @Test func aBestRateAtTheEdgeThatIsHardlyBetterIsGoodEnough() {
    let trials = search(.small, guess: 0.1) { $0.learningRate > 0.15 ? 98 : 100 }
    #expect(trials.count == 3)
    var strict = RateSearch.small
    strict.indifference = 0
    #expect(search(strict, guess: 0.1) { $0.learningRate > 0.15 ? 98 : 100 }.count > 3)
  }

  @Test(arguments: [1e-5, 0.001234, 0.0999999, 0.1, 1, 123.456, 99_999])
  func ratesHaveThreeDigits(_ rate: Double) {
    let read = RateSearch.readable(rate)
    #expect(abs(read / rate - 1) <= 0.005)
    #expect(Double(String(format: "%.3g", read)) == read)
    #expect(RateSearch.readable(read) == read)
  }
}
