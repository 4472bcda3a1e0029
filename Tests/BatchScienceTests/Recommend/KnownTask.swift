import BatchFoundation
import BatchProfiling
import Foundation

@testable import BatchScience

/// A machine and a task that are known, and what measurements of them give.
struct KnownTask {
  var truth: LinearTimeToGoal
  /// The sharpness of the knee: 1 is the hyperbola.
  var sharpness = 1.0
  /// What the steps deviate from the form, in ln S at every octave.
  var deviation = [Double](repeating: 0, count: FormDeviation.knotCount)

  func steps(at batch: Int) -> Double {
    StepsCurve(
      logMinimum: log(truth.minimumSteps), logCritical: log(truth.criticalBatch), sharpness: sharpness,
      deviation: FormDeviation(knots: deviation)
    ).steps(at: batch)
  }

  func seconds(at batch: Int) -> Double {
    steps(at: batch) * (truth.secondsPerStep + truth.secondsPerExample * Double(batch))
  }

  /// Runs to the goal at a batch, a seed each.
  func runs(at batch: Int, seeds: Range<Int>, noise: Double, _ generator: inout RandomStream) -> [StepsToGoal] {
    seeds.map { seed in
      StepsToGoal(batch: batch, seed: UInt64(seed), steps: steps(at: batch) * exp(noise * generator.normal()))
    }
  }

  /// Times of steps in some cycles.
  func times(
    _ batches: [Int], cycles: Int = 30, noise: Double = 0.03, draws: Int = 400, _ generator: inout RandomStream
  ) throws -> StepTimeDraws {
    try StepTimeDraws(
      batches.map { batch in
        let seconds = truth.secondsPerStep + truth.secondsPerExample * Double(batch)
        return StepTimePoint(
          batch: batch, seconds: (0..<cycles).map { _ in seconds * exp(noise * generator.normal()) })
      }, draws: draws)
  }
}
