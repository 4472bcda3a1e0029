import BatchAlgebra
import BatchTraining

/// Steps of one batch size.
final class StepRun<S: Scalar> {
  let batch: Int
  private let resting: RestingStep<S>
  private let indices: [Int32]
  private var next = 0
  private var steps = 0
  private var wallSeconds = 0.0
  private var processorSeconds = 0.0
  private var areWhole = true

  init(_ resting: RestingStep<S>, batch: Int) {
    self.resting = resting
    self.batch = batch
    indices = resting.order(batch: batch)
  }

  /// The mean time of a step so far.
  var secondsPerStep: Double { wallSeconds / Double(max(1, steps)) }

  /// The share of the threads' time that the process has spent on processors so far.
  func utilisation(threads: Int) -> Double { wallSeconds > 0 ? processorSeconds / wallSeconds / Double(threads) : 0 }

  func run(_ calls: Int) {
    let start = (ContinuousClock.now, processorTime())
    train(calls, apart: false)
    wallSeconds += (ContinuousClock.now - start.0) / .seconds(1)
    processorSeconds += processorTime() - start.1
    steps += calls
  }

  func runApart(_ calls: Int) { train(calls, apart: true) }

  /// Checks that the steps so far, and one where there was none, had a loss that is a number: another step ends before its
  /// backward pass, and its time says nothing.
  ///
  /// - Throws: ``StepProfileError/notFinite(batch:)``.
  func requireWholeSteps() throws(StepProfileError) {
    if steps == 0 { train(1, apart: false) }
    guard areWhole else { throw .notFinite(batch: batch) }
  }

  private func train(_ calls: Int, apart: Bool) {
    indices.withUnsafeBufferPointer { all in
      for _ in 0..<calls {
        if !resting.train(on: UnsafeBufferPointer(rebasing: all[next..<next + batch]), apart: apart) {
          areWhole = false
        }
        next = next + 2 * batch <= all.count ? next + batch : 0
      }
    }
  }
}
