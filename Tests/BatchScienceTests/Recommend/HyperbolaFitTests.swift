import BatchFoundation
import Foundation
import Testing

@testable import BatchScience

/// Hyperbolas through updates to a goal that were made of known ones.
@Suite struct HyperbolaFitTests {
  private func runs(_ pairs: [(batch: Int, steps: Double)], seed: UInt64 = 1) -> [StepsToGoal] {
    pairs.map { StepsToGoal(batch: $0.batch, seed: seed, steps: $0.steps) }
  }

  /// The hyperbola of the given critical batch with noise of the seeds.
  private func planted(
    criticalBatch: Double, minimumSteps: Double = 300, batches: [Int], seeds: Int, noise: Double, stream: UInt64 = 0
  ) -> [StepsToGoal] {
    var generator = RandomStream(seed: stream, name: "planted")
    return batches.flatMap { batch in
      (0..<seeds).map { seed in
        StepsToGoal(
          batch: batch, seed: UInt64(seed),
          steps: minimumSteps * (1 + criticalBatch / Double(batch)) * exp(noise * generator.normal()))
      }
    }
  }

  /// The step budgets of the 302M models of Zhang et al. 2025, *How does critical batch size scale in pre-training?*
  @Test func thePublishedBudgetsOfALanguageModelLieOnAHyperbola() throws {
    let fit = try HyperbolaFit(
      runs([
        (64, 118_200), (128, 56_250), (256, 28_125), (512, 15_600), (1024, 8400), (2048, 5040), (4096, 3600),
        (8192, 2700),
      ]))
    let criticalBatch = try #require(fit.criticalBatch.value)
    let minimumSteps = try #require(fit.minimumSteps.value)
    #expect(abs(criticalBatch / 3855 - 1) < 0.03)
    #expect(abs(minimumSteps / 1814 - 1) < 0.03)
    #expect(abs(fit.deviation - 0.032) < 0.005)
    #expect(!fit.hasNoPlateau)
    let high = try #require(fit.criticalBatch.high)
    #expect(fit.criticalBatch.low > 3000 && fit.criticalBatch.low < criticalBatch)
    #expect(high > criticalBatch && high < 5000)
    let examples = try #require(fit.minimumExamples.value)
    #expect(abs(examples / (criticalBatch * minimumSteps) - 1) < 1e-9)
  }

  @Test func aCurveWithoutNoiseIsFoundAgain() throws {
    let fit = try HyperbolaFit(planted(criticalBatch: 90, batches: [4, 16, 64, 256, 1024], seeds: 1, noise: 0))
    #expect(abs(try #require(fit.criticalBatch.value) / 90 - 1) < 1e-4)
    #expect(abs(try #require(fit.minimumSteps.value) / 300 - 1) < 1e-4)
    #expect(fit.deviation < 1e-5)
    #expect(try #require(fit.criticalBatch.high) / fit.criticalBatch.low < 1.001)
    #expect(abs(fit.steps(at: 32) / (300 * (1 + 90.0 / 32)) - 1) < 1e-4)
  }

  /// Three straight regimes with corners, as reports draw them, have no hyperbola: the corners count in the interval.
  @Test func threeRegimesWithCornersAreTold() throws {
    // Slope −1 up to 32, −1/2 up to 512, then flat: the ends meet at B = 128.
    let batches = (1...13).map { 1 << $0 }
    let data = batches.map { batch -> (batch: Int, steps: Double) in
      let b = Double(batch)
      return (batch, b <= 32 ? 64_000 / b : b <= 512 ? 2000 / (b / 32).squareRoot() : 500)
    }
    let fit = try HyperbolaFit(runs(data))
    let value = try #require(fit.criticalBatch.value)
    let high = try #require(fit.criticalBatch.high)
    #expect(value > 90 && value < 180)
    #expect(fit.criticalBatch.low < 128 && high > 128)
    #expect(high / fit.criticalBatch.low > 1.2)
    #expect(!fit.hasNoPlateau)
    #expect(fit.regime(of: 4) == .perfectScaling)
    #expect(fit.regime(of: 128) == .diminishingReturns)
    #expect(fit.regime(of: 4096) == .plateau)
  }

  /// What doubling the batch saves where one regime passes into another, by the hyperbola itself.
  @Test func regimesBeginWhereDoublingSavesWhatTheySay() {
    func saving(_ batch: Double) -> Double { (1 + 700 / batch) / (1 + 700 / (2 * batch)) }
    #expect(abs(saving(ScalingRegime.perfectScalingEnd(criticalBatch: 700)) - 1.8) < 1e-12)
    #expect(abs(saving(ScalingRegime.plateauStart(criticalBatch: 700)) - 1.1) < 1e-12)
  }

  @Test func stepsThatHalveWithEveryDoublingHaveNoPlateau() throws {
    let fit = try HyperbolaFit(runs([8, 16, 32, 64, 128].map { ($0, 64_000 / Double($0)) }))
    #expect(fit.hasNoPlateau)
    #expect(fit.criticalBatch.value == nil && fit.criticalBatch.high == nil)
    #expect(fit.criticalBatch.low >= 128)
    #expect(fit.minimumSteps.value == 0)
    #expect(abs(try #require(fit.minimumExamples.value) / 64_000 - 1) < 1e-9)
    #expect(abs(fit.steps(at: 256) / 250 - 1) < 1e-9)
    #expect(fit.regime(of: 128) == .perfectScaling)
  }

  @Test func aCriticalBatchBeyondTheSizesTriedIsToldSo() throws {
    let fit = try HyperbolaFit(planted(criticalBatch: 2000, batches: [8, 32, 128, 512], seeds: 4, noise: 0.02))
    #expect(fit.hasNoPlateau)
    #expect(fit.criticalBatch.low < 2000)
    #expect(fit.criticalBatch.high.map { $0 > 2000 } ?? true)
  }

  @Test func stepsThatDoNotDependOnTheBatchHaveACriticalBatchOfNone() throws {
    let fit = try HyperbolaFit(runs([(8, 500), (16, 500), (32, 500), (64, 500)]))
    #expect(fit.criticalBatch.value == 0)
    #expect(fit.minimumExamples.value == 0)
    #expect(abs(try #require(fit.minimumSteps.value) - 500) < 1e-9)
    #expect(!fit.hasNoPlateau)
    #expect(fit.steps(at: 1).isFinite)
    #expect(fit.regime(of: 8) == .plateau)
  }

  @Test func stepsThatRiseWithTheBatchAreNoTrap() throws {
    let fit = try HyperbolaFit(runs([(8, 100), (16, 140), (32, 200), (64, 280)]))
    #expect(fit.criticalBatch.value == 0)
    #expect(fit.deviation > 0.1)
  }

  /// Four sizes with three seeds each, 200 times: the intervals hold the truth as often as they say.
  @Test func intervalsCoverTheTruth() throws {
    let held = try (0..<200).count { trial in
      let fit = try HyperbolaFit(
        planted(
          criticalBatch: 150, batches: [16, 64, 256, 1024], seeds: 3, noise: 0.08, stream: UInt64(trial)),
        resamples: 199, seed: UInt64(trial))
      return fit.criticalBatch.low <= 150 && 150 <= fit.criticalBatch.high ?? .infinity
    }
    #expect(held >= 180)
    #expect(held <= 199)
  }

  @Test func sizesOfWhichARunWasStoppedAreLeftOut() throws {
    var data = planted(criticalBatch: 90, batches: [4, 16, 64, 256], seeds: 2, noise: 0.01)
    let without = try HyperbolaFit(data)
    data.append(StepsToGoal(batch: 1024, seed: 0, steps: 310))
    data.append(StepsToGoal(batch: 1024, seed: 1, steps: 900, isLowerBound: true))
    let fit = try HyperbolaFit(data)
    #expect(fit.stoppedBatches == [1024])
    #expect(fit.batches == [4, 16, 64, 256])
    #expect(fit.criticalBatch == without.criticalBatch)
  }

  @Test func fewerThanThreeSizesAreRefused() {
    let two = runs([(8, 100), (16, 60)]) + runs([(8, 110)], seed: 2)
    #expect(throws: CostEvidenceError.tooFewSizes(count: 2, needed: 3)) { try HyperbolaFit(two) }
    #expect(throws: CostEvidenceError.tooFewSizes(count: 0, needed: 3)) { try HyperbolaFit([]) }
    let message = CostEvidenceError.tooFewSizes(count: 2, needed: 3).description
    #expect(
      message == "2 batch sizes that reached the goal are too few for S_min and the critical batch; measure at least 3")
  }

  @Test(arguments: [0, -3, .infinity, .nan] as [Double])
  func stepsThatCannotBeAreRefused(steps: Double) throws {
    let bad = runs([(8, 100), (16, 60), (32, 40)]) + [StepsToGoal(batch: 64, seed: 7, steps: steps)]
    let error = #expect(throws: CostEvidenceError.self) { try HyperbolaFit(bad) }
    guard case .badSteps(batch: 64, seed: 7, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(throws: CostEvidenceError.self) { try CostPosterior(steps: bad) }
  }

  @Test func aBatchOfNoneIsRefused() {
    #expect(throws: CostEvidenceError.badSteps(batch: 0, seed: 1, steps: 5)) { try HyperbolaFit(runs([(0, 5)])) }
  }

  @Test func theSameRunsInAnyOrderGiveTheSameFit() throws {
    let data = planted(criticalBatch: 90, batches: [4, 16, 64, 256], seeds: 3, noise: 0.05)
    #expect(try HyperbolaFit(data) == HyperbolaFit(data.reversed()))
  }
}
