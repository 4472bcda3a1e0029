import BatchFoundation
import BatchProfiling
import Foundation
import Testing

@testable import BatchScience

/// Tasks whose truth is known, decided from what could be measured of them: whether the intervals hold the truth as
/// often as they say, and what the choice costs.
@Suite struct SimulatedTasksTests {
  private static let candidates = (0...12).map { 1 << $0 }

  /// What came out of one task.
  private struct Outcome {
    var regret: Double
    var holdsSeconds: Bool
    var holdsCriticalBatch: Bool
  }

  /// How the steps of the tasks lie about the hyperbola.
  enum Form: CaseIterable {
    /// On it.
    case hyperbola
    /// With a knee that is sharper by 5 to 17 %, and 4 % about the curve.
    case sharpKnee
  }

  @Test(arguments: Form.allCases)
  func intervalsHoldTheTruthAndTheChoiceCostsLittle(form: Form) throws {
    let outcomes = try (0..<500).map { try Self.outcome(of: UInt64($0), form) }
    let seconds = outcomes.count { $0.holdsSeconds }
    let criticalBatch = outcomes.count { $0.holdsCriticalBatch }
    let regret = outcomes.reduce(0) { $0 + $1.regret } / 500
    #expect((425...475).contains(seconds), "seconds")
    #expect((425...475).contains(criticalBatch), "critical batch")
    #expect(regret <= 0.05)
  }

  private static func outcome(of index: UInt64, _ form: Form) throws -> Outcome {
    var generator = RandomStream(seed: 2026, name: "simulated", index: index)
    func logUniform(_ low: Double, _ high: Double) -> Double { low * pow(high / low, generator.uniform()) }
    let beta = logUniform(1e-6, 1e-3)
    let halfThroughput = logUniform(1, 1000)
    var task = KnownTask(
      truth: LinearTimeToGoal(
        secondsPerStep: beta * halfThroughput, secondsPerExample: beta, minimumSteps: logUniform(30, 30_000),
        criticalBatch: logUniform(5, 3000)))
    if form == .sharpKnee {
      // 2^(1/p) of 0.95 to 0.83 times 2.
      task.sharpness = 1 / (1 + log2(0.95 - 0.12 * generator.uniform()))
      for octave in task.deviation.indices { task.deviation[octave] = 0.04 * generator.normal() }
    }
    // Seeds of large tasks scatter by a few hundredths, of small ones by far more.
    let noise = logUniform(0.05, 0.22)
    let times = try task.times(candidates, cycles: 20, draws: 300, &generator)
    // A noise scale with the scatter of the literature about the critical batch, and 20 % of its own.
    let noiseScale =
      task.truth.criticalBatch / 0.4
      * exp(CriticalBatchEvidence.noiseScaleDeviation(doubted: false) * generator.normal())
    let measured = noiseScale * exp(0.2 * generator.normal())
    let evidence = [CriticalBatchEvidence.noiseScale(measured, interval: measured / 1.48...measured * 1.48)]

    let guess = task.truth.secondsPerStep / beta * 0.4 * measured
    let pilot = candidates.min { abs(log(Double($0)) - log(guess) / 2) < abs(log(Double($1)) - log(guess) / 2) } ?? 64
    var runs = task.runs(at: pilot, seeds: 0..<2, noise: noise, &generator)
    func decide() throws -> (posterior: CostPosterior, decision: BatchDecision) {
      let posterior = try CostPosterior(steps: runs, evidence: evidence)
      return (posterior, try BatchDecision(posterior, times: times, candidates: candidates, draws: 300, seed: index))
    }
    for _ in 0..<Int(1 + index % 2) {
      let decision = try decide().decision
      let next = candidates.max { decision.valueOfMeasuring($0) < decision.valueOfMeasuring($1) } ?? pilot
      runs += task.runs(at: next, seeds: runs.count..<runs.count + 2, noise: noise, &generator)
    }
    let (posterior, decision) = try decide()
    let chosen = decision.chosen
    // What is foretold is the mean over seeds.
    let truth = task.seconds(at: chosen.batch) * exp(noise * noise / 2)
    let least = candidates.map(task.seconds(at:)).min() ?? 0
    return Outcome(
      regret: task.seconds(at: chosen.batch) / least - 1,
      holdsSeconds: chosen.seconds.contains(truth),
      holdsCriticalBatch: posterior.criticalBatch.contains(task.truth.criticalBatch))
  }
}
