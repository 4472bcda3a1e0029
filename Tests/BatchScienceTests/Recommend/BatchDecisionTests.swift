import BatchFoundation
import BatchProfiling
import Foundation
import Testing

@testable import BatchScience

/// Decisions between batches, against closed forms and slow computations of the same.
@Suite struct BatchDecisionTests {
  private let task = KnownTask(
    truth: LinearTimeToGoal(secondsPerStep: 1e-3, secondsPerExample: 1e-5, minimumSteps: 800, criticalBatch: 400))
  private let candidates = (0...24).map { Int((4 * pow(2, Double($0) / 2)).rounded()) }

  /// A decision from a noise scale and one run, or from runs without noise at many sizes.
  private func decision(certain: Bool, draws: Int = 2000) throws -> BatchDecision {
    var generator = RandomStream(seed: 3, name: "task")
    let times = try task.times(candidates, noise: certain ? 1e-4 : 0.03, &generator)
    let batches = certain ? candidates : [64]
    let runs = batches.flatMap {
      task.runs(at: $0, seeds: 0..<(certain ? 40 : 1), noise: certain ? 0.01 : 0.08, &generator)
    }
    let evidence = certain ? [] : [CriticalBatchEvidence.noiseScale(1000, interval: 700...1400)]
    return try BatchDecision(
      CostPosterior(steps: runs, evidence: evidence), times: times, candidates: candidates, draws: draws, seed: 5)
  }

  /// √((α/β)·φ), and the least of the time over all batches.
  @Test func theClosedFormIsTheLeastTime() {
    let truth = LinearTimeToGoal(secondsPerStep: 3e-3, secondsPerExample: 2e-5, minimumSteps: 70, criticalBatch: 900)
    let batches = (1...4000).map(Double.init)
    let best = batches.min { truth.seconds(at: $0) < truth.seconds(at: $1) }
    #expect(abs(truth.bestBatch - (best ?? 0)) <= 1)
    let least = (3e-3.squareRoot() + (2e-5 * 900).squareRoot())
    #expect(abs(truth.seconds(at: truth.bestBatch) / (70 * least * least) - 1) < 1e-12)
  }

  /// The regret at r·B* is at most (2 + r + 1/r)/4 − 1, and as much where α = βφ.
  @Test func theRegretIsAtMostTheBound() {
    for ratio in [0.1, 0.25, 0.5, 1, 2, 4, 10] {
      let bound = LinearTimeToGoal.worstRegret(atMultiple: ratio)
      let regrets = (-20...20).map { exponent in
        let truth = LinearTimeToGoal(
          secondsPerStep: pow(1.5, Double(exponent)), secondsPerExample: 0.01, minimumSteps: 1, criticalBatch: 100)
        return truth.seconds(at: ratio * truth.bestBatch) / truth.seconds(at: truth.bestBatch) - 1
      }
      #expect(regrets.allSatisfy { $0 <= bound + 1e-12 })
      #expect(abs((regrets.max() ?? 0) - bound) < 1e-12)
    }
    #expect(abs(LinearTimeToGoal.worstRegret(atMultiple: 2) - 0.125) < 1e-15)
  }

  @Test func withoutDoubtItIsTheClosedForm() throws {
    let decision = try decision(certain: true)
    #expect(abs(log2(Double(decision.chosen.batch) / task.truth.bestBatch)) <= 0.75)
    for candidate in decision.candidates {
      #expect(abs(candidate.expectedSeconds / task.seconds(at: candidate.batch) - 1) < 0.03)
      #expect(candidate.seconds.low < candidate.seconds.value && candidate.seconds.value < candidate.seconds.high)
      #expect(abs(candidate.examples.value / (Double(candidate.batch) * candidate.steps.value) - 1) < 1e-12)
    }
    #expect(decision.expectedRegret < 0.02)
    let within = candidates.filter {
      task.seconds(at: $0) <= 1.1 * task.truth.seconds(at: task.truth.bestBatch)
    }
    #expect(abs(log2(Double(decision.within10Percent.lowerBound) / Double(within[0]))) <= 0.51)
    #expect(abs(log2(Double(decision.within10Percent.upperBound) / Double(within[within.count - 1]))) <= 0.51)
  }

  /// Each number again from the seconds of all draws.
  @Test func everyNumberIsThatOfTheDraws() throws {
    let decision = try decision(certain: false, draws: 300)
    let table = decision.candidates.map { candidate in
      decision.curves.enumerated().map { draw, curve in
        curve.steps(at: candidate.batch) * (decision.times.seconds(at: candidate.batch, draw: draw) ?? 0)
      }
    }
    let expected = table.map { $0.reduce(0, +) / 300 }
    let index = try #require(expected.indices.min { expected[$0] < expected[$1] })
    #expect(decision.chosen.batch == decision.candidates[index].batch)
    let best = (0..<300).map { (draw: Int) -> Double in table.map { $0[draw] }.min() ?? 0 }
    let ratios = zip(table[index], best).map { $0 / $1 }
    let regret = ratios.reduce(0, +) / 300 - 1
    #expect(abs(decision.expectedRegret - regret) < 1e-12)
    let knowing = expected[index] - best.reduce(0, +) / 300
    #expect(abs(decision.valueOfKnowing - knowing) < 1e-9)
    for (row, candidate) in zip(table, decision.candidates) {
      let wins = (0..<300).count { row[$0] == best[$0] }
      #expect(candidate.probabilityOfBest == Double(wins) / 300)
      #expect(abs(candidate.expectedSeconds / (row.reduce(0, +) / 300) - 1) < 1e-12)
    }
    let shares = decision.candidates.map(\.probabilityOfBest)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
    let range = decision.within10Percent
    for candidate in decision.candidates where range.contains(candidate.batch) {
      #expect(candidate.expectedSeconds <= 1.1 * decision.chosen.expectedSeconds)
    }
    #expect(range.contains(decision.chosen.batch))
    let ratio = try #require(decision.costRatio(at: decision.chosen.batch))
    #expect(ratio.ratio == CredibleEstimate(value: 1, low: 1, high: 1))
    #expect(ratio.expectedSeconds == decision.chosen.expectedSeconds)
    #expect(decision.costRatio(at: 1_000_000) == nil)
    #expect(decision.costRatio(at: 0) == nil)
  }

  @Test func aMeasurementIsWorthNoMoreThanKnowingAll() throws {
    let decision = try decision(certain: false)
    let sharp = decision.candidates.map { decision.valueOfMeasuring($0.batch, noise: 0.05) }
    let blunt = decision.candidates.map { decision.valueOfMeasuring($0.batch, noise: 5) }
    #expect(sharp.allSatisfy { $0 >= 0 && $0 < decision.valueOfKnowing })
    #expect((sharp.max() ?? 0) > 0.2 * decision.valueOfKnowing)
    #expect((blunt.max() ?? 0) < 0.1 * (sharp.max() ?? 0))
    // What the pilot has measured is known; what is far from it tells the critical batch.
    #expect(decision.valueOfMeasuring(4096) > 3 * decision.valueOfMeasuring(64))
  }

  /// The worth of a measurement by making it: many outcomes, each with a posterior and a decision of its own.
  @Test func theWorthOfAMeasurementIsWhatMakingItSaves() throws {
    var generator = RandomStream(seed: 3, name: "task")
    let times = try task.times(candidates, &generator)
    let runs = task.runs(at: 64, seeds: 0..<1, noise: 0.08, &generator)
    let evidence = [CriticalBatchEvidence.noiseScale(1000, interval: 700...1400)]
    let posterior = try CostPosterior(steps: runs, evidence: evidence)
    let before = try BatchDecision(posterior, times: times, candidates: candidates, draws: 1000)
    let batch = 2048
    // The draws lie in the order of their critical batches: every so many of them stand for all.
    let outcomes = stride(from: 20, to: 1000, by: 20).map {
      before.curves[$0].logSteps(at: batch) + 0.1 * generator.normal()
    }
    let saved = try outcomes.map { outcome -> Double in
      let run = StepsToGoal(batch: batch, seed: 8, steps: exp(outcome))
      let after = try BatchDecision(
        CostPosterior(steps: runs + [run], evidence: evidence), times: times, candidates: candidates, draws: 400)
      let old = try #require(after.candidates.first { $0.batch == before.chosen.batch })
      return old.expectedSeconds - after.chosen.expectedSeconds
    }
    let mean = saved.reduce(0, +) / Double(saved.count)
    #expect(abs(before.valueOfMeasuring(batch) / mean - 1) < 0.35)
  }

  @Test func batchesWithoutAStepTimeAreLeftOut() throws {
    var generator = RandomStream(seed: 3, name: "task")
    let times = try task.times([16, 256], &generator)
    let posterior = try CostPosterior(steps: task.runs(at: 64, seeds: 0..<2, noise: 0.08, &generator))
    let decision = try BatchDecision(posterior, times: times, candidates: [512, 64, 8, 64, 16], draws: 50)
    #expect(decision.candidates.map(\.batch) == [16, 64])
    #expect(decision.untimed == [8, 512])
    #expect(throws: CostEvidenceError.noCandidates(count: 2)) {
      try BatchDecision(posterior, times: times, candidates: [1, 1024])
    }
  }

  @Test func theSameSeedGivesTheSameDecision() throws {
    let (first, second) = (try decision(certain: false), try decision(certain: false))
    #expect(first.candidates == second.candidates)
    #expect(first.valueOfMeasuring(256) == second.valueOfMeasuring(256))
  }
}
