import BatchFoundation
import BatchScience
import Testing

@testable import BatchProfiling
@testable import BatchScience

@Suite struct RecoveredShareTests {
  private func ends(_ share: RecoveredShare) throws -> (Double, ClosedRange<Double>) {
    guard case .share(let value, let interval) = share else {
      throw TestFailure("\(share) is no share")
    }
    return (value, interval)
  }

  private struct TestFailure: Error {
    init(_ text: String) { self.text = text }
    let text: String
  }

  /// A loss without spread is a number: the interval is that of the gain's mean, divided by it.
  @Test func aLossWithoutSpreadOnlyScales() throws {
    let gains = [0.03, 0.04, 0.05]
    let (share, interval) = try ends(RecoveredShare(gains: gains, losses: [0.05, 0.05, 0.05]))
    // Student's t at two degrees of freedom is 4.302653; the deviation of the gains is 0.01.
    let half = 4.302_652_729_911_275 * 0.01 / 3.0.squareRoot() / 0.05
    #expect(abs(share - 0.8) < 1e-12)
    #expect(abs(interval.lowerBound - (0.8 - half)) < 1e-9 && abs(interval.upperBound - (0.8 + half)) < 1e-9)
  }

  /// Where every seed recovers the same share, there is nothing uncertain about it, however the losses differ.
  @Test func aShareThatAllSeedsHaveIsCertain() throws {
    let losses = [0.05, 0.06, 0.07]
    let (share, interval) = try ends(RecoveredShare(gains: losses.map { 0.9 * $0 }, losses: losses))
    #expect(abs(share - 0.9) < 1e-12)
    #expect(abs(interval.lowerBound - 0.9) < 1e-6 && abs(interval.upperBound - 0.9) < 1e-6)
  }

  /// At the ends of the interval the mean of gain − ρ·loss is just t standard errors from zero, which is its
  /// definition.
  @Test func theEndsAreWhereTheDifferenceBeginsToShow() throws {
    let (gains, losses) = ([0.041, 0.055, 0.047, 0.052], [0.060, 0.058, 0.066, 0.071])
    let (share, interval) = try ends(RecoveredShare(gains: gains, losses: losses))
    #expect(interval.contains(share) && abs(share - 0.195 / 0.255) < 1e-12)
    for end in [interval.lowerBound, interval.upperBound] {
      let difference = try #require(Sample(zip(gains, losses).map { $0 - end * $1 }).interval)
      #expect(min(abs(difference.lowerBound), abs(difference.upperBound)) < 1e-9)
    }
  }

  @Test func aLossThatMayBeZeroLeavesNothingToRecover() {
    #expect(RecoveredShare(gains: [0.01, 0.02, 0.01], losses: [0.01, -0.01, 0.02]) == .nothingToRecover)
    #expect(RecoveredShare(gains: [0.01, 0.02, 0.01], losses: [-0.05, -0.05, -0.05]) == .nothingToRecover)
    #expect(RecoveredShare(gains: [0, 0], losses: [0, 0]) == .nothingToRecover)
  }

  @Test func oneSeedTellsNoShare() {
    #expect(RecoveredShare(gains: [0.01], losses: [0.05]) == .tooFewSeeds)
    #expect(RecoveredShare(gains: [], losses: []) == .tooFewSeeds)
  }

  @Test func runsWithoutANumberAreCounted() {
    #expect(RecoveredShare(gains: [0.01, .nan, 0.02], losses: [0.05, 0.05, .infinity]) == .diverged(2))
    #expect(RecoveredShare(gains: [-.infinity, 0.01], losses: [0.05, 0.06]) == .diverged(1))
  }

  /// More than all, and less than nothing, are shares as well.
  @Test func sharesMayLieOutsideOfZeroToOne() throws {
    let losses = [0.05, 0.05, 0.05]
    #expect(abs(try ends(RecoveredShare(gains: [0.06, 0.061, 0.059], losses: losses)).0 - 1.2) < 1e-12)
    #expect(abs(try ends(RecoveredShare(gains: [-0.01, -0.011, -0.009], losses: losses)).0 + 0.2) < 1e-12)
  }
}
