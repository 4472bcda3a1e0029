import BatchFoundation
import BatchProfiling
import BatchTestSupport
import Foundation
import Testing

@testable import BatchScience

/// Draws of step times, between what was measured and no further.
@Suite struct StepTimeDrawsTests {
  private func point(_ batch: Int, cycles: Int = 40) -> StepTimePoint {
    var generator = RandomStream(seed: UInt64(batch), name: "times")
    return StepTimePoint(
      batch: batch,
      seconds: (0..<cycles).map { _ in (1e-3 + 1e-5 * Double(batch)) * exp(0.03 * generator.normal()) })
  }

  @Test func betweenTwoSizesItIsOnTheLineBetweenThem() throws {
    let times = try StepTimeDraws([point(256), point(16), point(64)], draws: 99)
    #expect(times.batches == [16, 64, 256])
    #expect(times.median(at: 64) == point(64).median)
    let middle = try #require(times.median(at: 40))
    #expect(abs(middle - (point(16).median + point(64).median) / 2) < 1e-15)
    for draw in [0, 17, 98] {
      let (low, high) = (
        try #require(times.seconds(at: 64, draw: draw)), try #require(times.seconds(at: 256, draw: draw))
      )
      let between = try #require(times.seconds(at: 112, draw: draw))
      #expect(abs(between - (0.75 * low + 0.25 * high)) < 1e-15)
    }
    #expect(times.seconds(at: 64, draw: 99) == times.seconds(at: 64, draw: 0))
  }

  @Test func beyondTheSizesNothingIsSaid() throws {
    let times = try StepTimeDraws([point(16), point(64)], draws: 50)
    #expect(times.median(at: 15) == nil && times.median(at: 65) == nil)
    #expect(times.seconds(at: 8, draw: 0) == nil && times.seconds(at: 512, draw: 3) == nil)
    #expect(times.median(at: 16) != nil && times.median(at: 64) != nil)
  }

  /// The standard error of a median of n normal samples is √(π/2n) of their deviation.
  @Test func drawsSpreadAsTheMedianErrs() throws {
    let times = try StepTimeDraws([point(64, cycles: 200)], draws: 2000)
    let draws = (0..<2000).compactMap { times.seconds(at: 64, draw: $0) }
    let expected = 0.03 * (Double.pi / 400).squareRoot()
    let spread = try #require(Sample(draws.map { log($0) }).deviation)
    #expect(spread > 0.6 * expected && spread < 1.5 * expected)
  }

  /// The interval's ends come back as the quantiles of the draws.
  @Test func mediansWithIntervalsAreDrawnWithinThem() throws {
    let estimate = BootstrapEstimate(value: 2e-3, interval: 1.9e-3...2.4e-3)
    let times = try StepTimeDraws(medians: [(32, estimate)], draws: 4000)
    let interval = centralInterval((0..<4000).compactMap { times.seconds(at: 32, draw: $0) })
    #expect(abs(interval.lowerBound / 1.9e-3 - 1) < 0.01)
    #expect(abs(interval.upperBound / 2.4e-3 - 1) < 0.01)
    #expect(times.median(at: 32) == 2e-3)
    #expect(
      try StepTimeDraws(medians: [(32, estimate)], draws: 40) == StepTimeDraws(medians: [(32, estimate)], draws: 40))
  }

  private func stepTimes(_ points: [StepTimes.Point]) -> StepTimes {
    StepTimes(study: "made up", environment: .current(.oneThread), points: points, seconds: 1)
  }

  /// The samples of a cycle are disturbed alike at both sizes: drawn by cycles, the ratio of the times has no noise.
  @Test func timesOfTheSameCyclesAreDrawnTogether() throws {
    let quiet = [8, 32].map { StepTimesFixture.point($0, seconds: 1e-3 * Double($0)) }
    let loud = StepTimesFixture.point(128, seconds: 0.1, isQuiet: false)
    let times = try StepTimeDraws(stepTimes(quiet + [loud]), draws: 200)
    #expect(times.batches == [8, 32])
    let draws = (0..<200).compactMap { times.seconds(at: 8, draw: $0) }
    #expect(Set(draws).count > 1)
    for draw in 0..<200 {
      let ratio = try #require(times.seconds(at: 32, draw: draw)) / draws[draw]
      #expect(abs(ratio - 4) < 1e-12)
    }
  }

  /// Without cycles in common each size has its own median and interval.
  @Test func timesOfDifferentCyclesAreDrawnApart() throws {
    var points = [8, 32].map { StepTimesFixture.point($0, seconds: 1e-3 * Double($0)) }
    points[1].samples.cycles = points[1].samples.cycles.map { $0 + 100 }
    let times = try StepTimeDraws(stepTimes(points), draws: 200)
    let curve = try #require(StepTimeCurve(stepTimes(points)))
    #expect(times.median(at: 32) == curve[32]?.value)
    let ratios = try (0..<200).map { draw in
      let (small, large) = (times.seconds(at: 8, draw: draw), times.seconds(at: 32, draw: draw))
      return try #require(large) / #require(small)
    }
    #expect(Set(ratios).count > 100)
    #expect(ratios.allSatisfy { abs($0 - 4) < 0.4 })
  }

  @Test func aMachineThatNeverGotQuietGivesNoTimes() {
    let loud = StepTimesFixture.point(128, seconds: 0.1, isQuiet: false)
    #expect(throws: StepTimeError.tooFewSizes(count: 0, needed: 1)) { try StepTimeDraws(stepTimes([loud])) }
  }

  @Test func timesThatAreNoneAreRefused() {
    let good = BootstrapEstimate(value: 2e-3, interval: 1.9e-3...2.4e-3)
    let bad = BootstrapEstimate(value: 2e-3, interval: 0...2.4e-3)
    #expect(throws: StepTimeError.noMedian(batch: 8, seconds: 2e-3)) { try StepTimeDraws(medians: [(8, bad)]) }
    #expect(throws: StepTimeError.repeatedBatch(8)) { try StepTimeDraws(medians: [(8, good), (8, good)]) }
    #expect(throws: StepTimeError.noBatch(0)) { try StepTimeDraws(medians: [(0, good)]) }
    #expect(throws: StepTimeError.tooFewSizes(count: 0, needed: 1)) { try StepTimeDraws(medians: []) }
    #expect(throws: StepTimeError.tooFewSizes(count: 0, needed: 1)) { try StepTimeDraws([StepTimePoint]()) }
  }
}
