import BatchAlgebra
import BatchData
import BatchFoundation
import BatchProfiling
import BatchTraining

/// A training step at a learning rate of 0, to be timed on batches of several sizes.
///
/// The steps are whole ones, and the weights stay the initial ones, so that what is timed does not depend on how learning
/// goes. At another rate the training may diverge, and a step whose loss is no number has no backward pass; or learn its
/// batches by heart, whose gradients are then subnormal numbers.
final class RestingStep<S: Scalar> {
  let step: TrainingStep<S>
  private let exampleCount: Int
  private let threads: Int

  /// Plans the memory for batches of up to `capacity` examples of a data set.
  init(
    _ network: Network<S>, on data: Dataset, loss: any Loss, optimizer: any Optimizer, capacity: Int,
    microBatch: Int? = nil, regularisation: Regularisation = .none, team: ThreadTeam
  ) throws(ModelError) {
    var resting = optimizer
    resting.learningRate = 0
    step = try TrainingStep(
      network, on: data, loss: loss, optimizer: resting, capacity: capacity, microBatch: microBatch,
      regularisation: regularisation, team: team)
    exampleCount = data.count
    threads = team.threads
  }

  /// Steps of each batch size as work for a timer: one group, since whoever compares them wants all sizes in the same
  /// cycles.
  func work(_ runs: [StepRun<S>]) -> [TimedWork] {
    runs.map { run in
      TimedWork(
        name: "batch \(run.batch)", threads: threads, group: 0, isMemoryBound: run.batch <= Self.memoryBoundBatch,
        run: { run.run($0) })
    }
  }

  /// Up to about this batch size a step moves as many bytes of weights and state as it has time to compute for.
  private static var memoryBoundBatch: Int { 32 }

  /// Does a step, and says whether it was a whole one.
  func train(on indices: UnsafeBufferPointer<Int32>, apart: Bool) -> Bool {
    guard apart else { return step(indices).total.isFinite }
    let loss = step.computeGradient(indices)
    step.update()
    return loss.total.isFinite
  }

  /// The examples that steps go through in turn.
  func order(batch: Int) -> [Int32] {
    var random = RandomStream(seed: 1, name: "profile", index: UInt64(batch))
    let whole = exampleCount / batch * batch
    return Array(random.permutation(of: 0..<Int32(exampleCount)).prefix(min(whole, max(batch, 65_536 / batch * batch))))
  }
}
