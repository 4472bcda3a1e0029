import BatchFoundation
import BatchProfiling
import Foundation
import Testing

@testable import BatchScience

/// What others would choose, and its cost by the draws of the decision.
@Suite struct RivalCriteriaTests {
  private let truth = LinearTimeToGoal(
    secondsPerStep: 2e-3, secondsPerExample: 1e-5, minimumSteps: 400, criticalBatch: 300)
  private let candidates = (0...12).map { 1 << $0 } + [100, 104]

  private func decision() throws -> BatchDecision {
    let task = KnownTask(truth: truth)
    var generator = RandomStream(seed: 3, name: "task")
    let runs = candidates.flatMap { task.runs(at: $0, seeds: 0..<20, noise: 0.01, &generator) }
    return try BatchDecision(
      CostPosterior(steps: runs), times: task.times(candidates, noise: 1e-4, &generator), candidates: candidates,
      draws: 200)
  }

  @Test func eachHasItsBatchAndItsCost() throws {
    let decision = try decision()
    let noiseScale = NoiseScaleEstimate(
      value: 300, interval: 200...450, scatter: 9, trueSquare: 0.03, probes: 60)
    let readout = BatchReadout(noiseScale: noiseScale, batch: 64, learningRate: 0.1, loss: 0.3)
    let rivals = RivalCriteria(
      decision,
      .init(largestThatFits: 65_536, throughputKnee: 2048, noiseScale: 300, readout: readout)
    ).rivals
    func rival(_ name: String) throws -> RivalCriteria.Rival {
      try #require(rivals.first { $0.criterion.hasPrefix(name) })
    }
    let habit = try rival("32")
    let expected = truth.seconds(at: 32) / truth.seconds(at: Double(decision.chosen.batch))
    #expect(habit.batch == 32)
    #expect(abs(try #require(habit.costRatio).value / expected - 1) < 0.03)
    // Beyond the timed sizes nothing is said.
    let largest = try rival("largest")
    #expect(largest.batch == 65_536 && largest.expectedSeconds == nil && largest.costRatio == nil)
    #expect(try rival("throughput knee").batch == 2048)
    #expect(try rival("fastest multiple of 8").batch == 4096)
    // ηS/L = 0.1·9/0.3, 2φρ/(1 − ρ) at ρ = 1/2, φ/θ².
    #expect(try rival("CABS").batch == 3)
    #expect(try rival("SimiGrad").batch == 600)
    #expect(try rival("norm test").batch == 370)
    #expect(try rival("inner-product test").batch == nil)
    #expect(rivals.count { $0.criterion.hasPrefix("Pollux") } == 1)
  }

  /// The goodput's optimum is that of the closed form when the noise scale is the critical batch.
  @Test func goodputIsTheDecisionWhenTheNoiseScaleIsRight() throws {
    let decision = try decision()
    let rivals = RivalCriteria(decision, .init(noiseScale: 300)).rivals
    let goodput = try #require(rivals.first { $0.criterion == "Pollux, goodput" })
    let best = decision.candidates.map(\.batch).min { truth.seconds(at: Double($0)) < truth.seconds(at: Double($1)) }
    #expect(goodput.batch == best)
  }

  @Test func whatWasNotMeasuredChoosesNothing() throws {
    let rivals = RivalCriteria(try decision(), .init()).rivals
    #expect(rivals.filter { $0.batch != nil }.map(\.criterion) == ["32 by habit", "fastest multiple of 8"])
  }
}
