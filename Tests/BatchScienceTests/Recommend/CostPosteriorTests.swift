import BatchFoundation
import Foundation
import Testing

@testable import BatchScience

/// The posterior of updates to the goal, against closed forms and a slow computation of the same.
@Suite struct CostPosteriorTests {
  private let spread = [
    StepsToGoal(batch: 32, seed: 1, steps: 2100), StepsToGoal(batch: 32, seed: 2, steps: 2350),
    StepsToGoal(batch: 256, seed: 1, steps: 620), StepsToGoal(batch: 256, seed: 2, steps: 560),
    StepsToGoal(batch: 1024, seed: 1, steps: 450),
  ]
  private let noiseScale = CriticalBatchEvidence(median: 120, logDeviation: 0.7, source: .noiseScale)

  /// Runs of one batch say nothing of the critical batch: what is left is the evidence, whose quantiles are known.
  @Test func withASingleBatchTheCriticalBatchIsTheEvidences() throws {
    let runs = [StepsToGoal(batch: 64, seed: 1, steps: 900), StepsToGoal(batch: 64, seed: 2, steps: 1000)]
    let posterior = try CostPosterior(steps: runs, evidence: [noiseScale])
    #expect(abs(posterior.criticalBatch.value / 120 - 1) < 0.03)
    #expect(abs(posterior.criticalBatch.low / (120 * exp(-1.644_854 * 0.7)) - 1) < 0.05)
    #expect(abs(posterior.criticalBatch.high / (120 * exp(1.644_854 * 0.7)) - 1) < 0.05)
    let steps = CredibleEstimate(of: posterior.draws(2000).map { $0.steps(at: 64) })
    #expect(abs(steps.value / 949 - 1) < 0.02)
    #expect(steps.low < 900 && steps.low > 780)
    #expect(steps.high > 1000 && steps.high < 1150)
  }

  /// Two log-normal distributions multiply to one whose precision is the sum of both.
  @Test func evidenceMultiplies() throws {
    let branches = CriticalBatchEvidence(median: 480, logDeviation: 0.35, source: .branches)
    let posterior = try CostPosterior(
      steps: [StepsToGoal(batch: 64, seed: 1, steps: 900)], evidence: [noiseScale, branches])
    let precisions = (1 / (0.7 * 0.7), 1 / (0.35 * 0.35))
    let deviation = 1 / (precisions.0 + precisions.1).squareRoot()
    let median = exp((log(120) * precisions.0 + log(480) * precisions.1) * deviation * deviation)
    #expect(abs(posterior.criticalBatch.value / median - 1) < 0.03)
    #expect(abs(posterior.criticalBatch.high / (median * exp(1.644_854 * deviation)) - 1) < 0.05)
  }

  /// The same model by drawing from its priors and weighing each draw by the density of all runs together.
  @Test func itIsWhatDrawsFromThePriorsWeigh() throws {
    let posterior = try CostPosterior(steps: spread, evidence: [noiseScale])
    let slow = WeighedDraws(spread, evidence: [noiseScale], count: 60_000)
    for (share, value) in [
      (0.05, posterior.criticalBatch.low), (0.5, posterior.criticalBatch.value), (0.95, posterior.criticalBatch.high),
    ] {
      #expect(abs(slow.share(below: log(value), \.logCritical) - share) < 0.02)
    }
    for (share, value) in [
      (0.05, posterior.minimumSteps.low), (0.5, posterior.minimumSteps.value), (0.95, posterior.minimumSteps.high),
    ] {
      #expect(abs(slow.share(below: log(value), \.logMinimum) - share) < 0.02)
    }
  }

  /// Stopped runs weigh the draws of the posterior without them by the chance of taking longer.
  @Test func stoppedRunsWeighByTheChanceOfTakingLonger() throws {
    let stopped = StepsToGoal(batch: 1024, seed: 2, steps: 520, isLowerBound: true)
    let runs = Array(spread.prefix(4))
    let posterior = try CostPosterior(steps: runs + [stopped], evidence: [noiseScale])
    let slow = WeighedDraws(runs, evidence: [noiseScale], stopped: [stopped], count: 60_000)
    for (share, value) in [
      (0.05, posterior.criticalBatch.low), (0.5, posterior.criticalBatch.value), (0.95, posterior.criticalBatch.high),
    ] {
      #expect(abs(slow.share(below: log(value), \.logCritical) - share) < 0.025)
    }
    #expect(abs(slow.share(below: log(posterior.minimumSteps.value), \.logMinimum) - 0.5) < 0.025)
    let without = try CostPosterior(steps: runs, evidence: [noiseScale])
    #expect(posterior.minimumSteps.value > 1.02 * without.minimumSteps.value)
  }

  @Test func evidenceThatSaysNextToNothingChangesNothing() throws {
    let vague = CriticalBatchEvidence(median: 100, logDeviation: 300, source: .branches)
    let (with, without) = (try CostPosterior(steps: spread, evidence: [vague]), try CostPosterior(steps: spread))
    #expect(abs(with.criticalBatch.value / without.criticalBatch.value - 1) < 0.05)
    #expect(abs(with.criticalBatch.high / without.criticalBatch.high - 1) < 0.05)
  }

  @Test func aRunThatWasStoppedAtOnceSaysNothing() throws {
    let stopped = StepsToGoal(batch: 256, seed: 9, steps: 1, isLowerBound: true)
    let (with, without) = (try CostPosterior(steps: spread + [stopped]), try CostPosterior(steps: spread))
    #expect(abs(with.criticalBatch.value / without.criticalBatch.value - 1) < 0.02)
    #expect(abs(with.minimumSteps.high / without.minimumSteps.high - 1) < 0.02)
  }

  /// The least of three is lucky by 0.846 of what seeds scatter by.
  @Test func theLeastOfASearchCountsWithItsLuck() throws {
    let seeds = (1...6).map { StepsToGoal(batch: 64, seed: $0, steps: 1000 * ($0.isMultiple(of: 2) ? 1.2 : 1 / 1.2)) }
    func steps(_ isLeast: Bool) throws -> Double {
      let alone = StepsToGoal(batch: 256, seed: 1, steps: 400, isLeastOfSeveral: isLeast)
      return CredibleEstimate(of: try CostPosterior(steps: seeds + [alone]).draws(4000).map { $0.steps(at: 256) }).value
    }
    let ratio = try steps(true) / steps(false)
    // With a noise of 0.2, of which the form takes a part where the sizes are pulled together.
    #expect(ratio > 1.06 && ratio < exp(0.846 * 0.25))
  }

  /// Curves pass where was measured, nearer than the form vouches for elsewhere.
  @Test func curvesPassThroughWhatWasMeasured() throws {
    var runs: [StepsToGoal] = []
    for batch in [64, 1024] {
      for seed in 0..<12 {
        let noise = seed.isMultiple(of: 2) ? 1.02 : 1 / 1.02
        runs.append(StepsToGoal(batch: batch, seed: UInt64(seed), steps: 500 * (1 + 200 / Double(batch)) * noise))
      }
    }
    let curves = try CostPosterior(steps: runs).draws(2000)
    func width(_ batch: Int) -> Double {
      let steps = CredibleEstimate(of: curves.map { $0.steps(at: batch) })
      return log(steps.high / steps.low)
    }
    let measured = CredibleEstimate(of: curves.map { $0.steps(at: 1024) })
    let truth = 500 * (1 + 200.0 / 1024)
    #expect(abs(measured.value / truth - 1) < 0.01)
    // Twelve runs of a noise of 2 %, which the prior holds for some more, and the error of the search.
    #expect(width(1024) < 0.13)
    #expect(width(256) > 1.3 * width(1024))
    #expect(width(8) > 1.3 * width(64))
  }

  @Test func drawsAreTheSameForTheSameSeed() throws {
    let posterior = try CostPosterior(steps: spread, evidence: [noiseScale])
    #expect(posterior.draws(50, seed: 4) == posterior.draws(50, seed: 4))
    #expect(posterior.draws(50, seed: 4) != posterior.draws(50, seed: 5))
    let again = try CostPosterior(steps: spread.reversed(), evidence: [noiseScale])
    #expect(again.criticalBatch == posterior.criticalBatch)
  }

  @Test func withoutARunAtTheGoalItIsRefused() {
    #expect(throws: CostEvidenceError.noSteps(stopped: 0)) { try CostPosterior(steps: [], evidence: [noiseScale]) }
    let stopped = [StepsToGoal(batch: 8, seed: 1, steps: 90, isLowerBound: true)]
    let error = #expect(throws: CostEvidenceError.self) { try CostPosterior(steps: stopped) }
    #expect(error?.description == "none of 1 runs reached the goal; train longer, or choose a goal that is nearer")
  }

  @Test(arguments: [(0, 1), (-3, 1), (.nan, 1), (20, 0), (20, .infinity)] as [(Double, Double)])
  func evidenceThatIsNoDistributionIsRefused(median: Double, logDeviation: Double) {
    let bad = CriticalBatchEvidence(median: median, logDeviation: logDeviation, source: .branches)
    let error = #expect(throws: CostEvidenceError.self) { try CostPosterior(steps: spread, evidence: [bad]) }
    guard case .badEvidence = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// ln(1 + xᵖ)/p at values where it is known, and where the power is beyond all numbers.
  @Test func theRiseOfTheFormIsItsFormula() {
    for (ratio, sharpness) in [(3.0, 1.0), (0.2, 0.8), (1, 1.5), (40, 1.8)] {
      let expected = log(pow(1 + pow(ratio, sharpness), 1 / sharpness))
      #expect(abs(StepsCurve.logRise(log(ratio), sharpness) - expected) < 1e-12)
    }
    #expect(StepsCurve.logRise(900, 1.5) == 900)
    #expect(StepsCurve.logRise(-900, 1.5) == 0)
  }
}

/// Draws from the priors, weighed by the density of all runs: the definition of the posterior, and slow.
private struct WeighedDraws {
  struct Draw {
    var logCritical: Double
    var logMinimum: Double
    var weight: Double
  }

  private var draws: [Draw] = []

  init(_ runs: [StepsToGoal], evidence: [CriticalBatchEvidence], stopped: [StepsToGoal] = [], count: Int) {
    var generator = RandomStream(seed: 11, name: "weighed")
    var logWeights: [Double] = []
    for _ in 0..<count {
      // ln B_c of the first evidence, the others weigh; it is narrower than the flat prior's ends.
      let logCritical = log(evidence[0].median) + evidence[0].logDeviation * generator.normal()
      var sharpness: Double
      repeat { sharpness = 1.14 * exp(0.1 * generator.normal()) } while sharpness < 0.78 || sharpness > 1.85
      // σ² = νs²/χ²(ν), with χ² of three squares.
      let chiSquare = (0..<3).reduce(0.0) { sum, _ in
        let normal = generator.normal()
        return sum + normal * normal
      }
      let variance = 3 * 0.09 * 0.09 / chiSquare
      let noise = min(max(variance.squareRoot(), 0.015), 1)
      // Curves that miss the first run by far weigh nothing, so that ln S_min is drawn about it.
      let rises = runs.map { Self.rise(logCritical, sharpness, $0.batch) }
      let center = zip(runs, rises).map { log($0.steps) - $1 }.reduce(0, +) / Double(runs.count)
      let logMinimum = center + 0.35 * generator.normal()
      let proposal = -(logMinimum - center) * (logMinimum - center) / (2 * 0.35 * 0.35)
      let rests = zip(runs, rises).map { log($0.steps) - logMinimum - $1 }
      var logWeight = Self.logDensity(rests, runs.map(\.batch), noise) - proposal
      for run in stopped {
        let rest = log(run.steps) - logMinimum - Self.rise(logCritical, sharpness, run.batch)
        logWeight += log(erfc(rest / (2 * (noise * noise + 0.04 * 0.04 + 0.025 * 0.025)).squareRoot()) / 2)
      }
      draws.append(Draw(logCritical: logCritical, logMinimum: logMinimum, weight: 0))
      logWeights.append(logWeight)
    }
    let largest = logWeights.max() ?? 0
    for index in draws.indices { draws[index].weight = exp(logWeights[index] - largest) }
  }

  func share(below value: Double, _ part: (Draw) -> Double) -> Double {
    let total = draws.reduce(0) { $0 + $1.weight }
    return draws.reduce(0) { $0 + (part($1) < value ? $1.weight : 0) } / total
  }

  private static func rise(_ logCritical: Double, _ sharpness: Double, _ batch: Int) -> Double {
    log(1 + pow(exp(logCritical) / Double(batch), sharpness)) / sharpness
  }

  /// The normal density of all runs: the noise is each run's own, the deviations of form and search those of its batch.
  ///
  /// The batches are powers of two at least two octaves apart, whose deviations are independent.
  private static func logDensity(_ rests: [Double], _ batches: [Int], _ noise: Double) -> Double {
    let count = rests.count
    // Cholesky's factor of the covariance, row by row.
    var factor = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var solution: [Double] = []
    var logDensity = 0.0
    for i in 0..<count {
      for j in 0...i {
        var value = (batches[i] == batches[j] ? 0.04 * 0.04 + 0.025 * 0.025 : 0) + (i == j ? noise * noise : 0)
        for k in 0..<j { value -= factor[i][k] * factor[j][k] }
        factor[i][j] = i == j ? value.squareRoot() : value / factor[j][j]
      }
      var value = rests[i]
      for k in 0..<i { value -= factor[i][k] * solution[k] }
      solution.append(value / factor[i][i])
      logDensity -= solution[i] * solution[i] / 2 + log(factor[i][i])
    }
    return logDensity
  }
}
