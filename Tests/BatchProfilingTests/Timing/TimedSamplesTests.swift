import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchProfiling

@Suite struct TimedSamplesTests {
  @Test func disturbedCyclesCountOnlyWhereTheOthersAreTooFew() {
    let some = TimedSamples.madeUp([1, 2, 3, 4, 5, 6], calm: [1, 0.5, 1, 1, 1, 1])
    #expect(some.times == [1, 3, 4, 5, 6] && some.timedCycles == [0, 2, 3, 4, 5])
    let few = TimedSamples.madeUp([1, 2, 3, 4, 5], calm: [1, 0.5, 1, 1, 1])
    #expect(few.times == [1, 2, 3, 4, 5])
  }

  @Test func whereFewCyclesAreUndisturbedTheCalmestHalfCounts() {
    let half = TimedSamples.madeUp(
      [1, 20, 3, 40, 5, 60, 7, 80, 9, 100], calm: [0.9, 0, 0.8, 0.1, 1, 0, 0.9, 0.2, 0.9, 0])
    #expect(half.times == [1, 3, 5, 7, 9])
    // Of equals the earlier ones: no time has a say in it.
    let none = TimedSamples.madeUp([60, 50, 40, 30, 20, 10, 1, 1, 1, 1, 1], calm: [Double](repeating: 0.5, count: 11))
    #expect(none.times == [60, 50, 40, 30, 20, 10])
  }

  /// Cycles of two runs have nothing in common, though each counts from 0.
  @Test func runsDoNotShareCycles() {
    let first = TimedSamples.madeUp([1, 2, 3, 4, 5, 6])
    let second = TimedSamples.madeUp([2, 4, 6, 8, 10, 12])
    let later = second.countingCycles(from: 6)
    #expect(later.timedCycles == Array(6..<12) && later.times == second.times)
    #expect(first.sharedTimes(with: later).times.isEmpty)
    #expect(later.sharedTimes(with: second.countingCycles(from: 8)).times == [6, 8, 10, 12])
  }

  @Test func pairsAreOfTheSameCycles() {
    let first = TimedSamples.madeUp([1, 2, 3, 4, 5, 6], calm: [1, 0.5, 1, 1, 1, 1])
    let second = TimedSamples.madeUp([10, 20, 30, 40, 50, 60], calm: [1, 1, 1, 1, 1, 0])
    let (times, others) = first.sharedTimes(with: second)
    #expect(times == [1, 3, 4, 5] && others == [10, 30, 40, 50])
  }

  /// Delays only add: of samples none of which is known to be whole the fast ones tell most.
  @Test func whatNeverGotQuietIsEstimatedFromItsLeastDelayedSamples() throws {
    var covered = 0
    for seed in 0..<200 {
      var random = RandomStream(seed: UInt64(seed), name: "delays")
      // A fifth are whole, and spread by 3 %; the others wait for a part of one to three time slices.
      let seconds = (0..<24).map { _ in
        let whole = 1e-4 * (1 + 0.03 * random.uniform())
        return random.uniform() < 0.2 ? whole : whole + 3e-3 * random.uniform() * Double(1 + Int(3 * random.uniform()))
      }
      var samples = TimedSamples.madeUp(seconds, calm: seconds.map { _ in 0.5 })
      samples.disturbedCycles = seconds.count
      let estimate = try #require(samples.estimate)
      let interval = try #require(estimate.interval)
      #expect(!samples.gotQuiet && interval.lowerBound > 0 && interval.contains(estimate.value))
      if interval.contains(1.015e-4) { covered += 1 }
    }
    #expect(covered >= 190)
  }

  @Test func aFewQuietSamplesAreEnoughToConclude() {
    func samples(quiet: Int, disturbed: Int) -> TimedSamples {
      let calm = [Double](repeating: 1, count: quiet) + [Double](repeating: 0.5, count: disturbed)
      var samples = TimedSamples.madeUp(calm.map { _ in 1 }, calm: calm)
      samples.disturbedCycles = disturbed
      return samples
    }
    #expect(samples(quiet: 5, disturbed: 20).gotQuiet && samples(quiet: 3, disturbed: 0).gotQuiet)
    #expect(!samples(quiet: 4, disturbed: 1).gotQuiet && !samples(quiet: 0, disturbed: 30).gotQuiet)
  }
}
