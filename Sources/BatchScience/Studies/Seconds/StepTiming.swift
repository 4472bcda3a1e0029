import BatchAlgebra
import BatchData
import BatchProfiling
import BatchTraining

/// Times training steps of several batch sizes by themselves: the same network, loss, optimizer, micro-batches and
/// regularisation at each, at a learning rate of 0.
struct StepTiming {
  let common: SweepPlan
  let optimizer: any Optimizer
  let data: Dataset
  let model: Sequential
  let context: ComputeContext
  let team: ThreadTeam

  /// A step of each size, done a few times so that it knows about how long it takes.
  ///
  /// - Throws: What keeps the steps from being had, or `StepProfileError` where they are not whole ones.
  func runs(_ sizes: [Int]) throws -> (step: RestingStep<Float>, runs: [StepRun<Float>]) {
    let step = try RestingStep(
      Network<Float>(model, seed: 1, context: context), on: data, loss: common.loss, optimizer: optimizer,
      capacity: sizes.max() ?? 1, microBatch: common.microBatch, regularisation: common.regularisation, team: team)
    let runs = sizes.map { StepRun(step, batch: $0) }
    for run in runs {
      // The first finds nothing in the caches.
      try run.requireWholeSteps()
      run.run(2)
    }
    return (step, runs)
  }

  /// Times the steps in turn.
  ///
  /// - Throws: What the timer throws, or `StepProfileError` where steps are not whole ones.
  func time(
    _ work: (step: RestingStep<Float>, runs: [StepRun<Float>]), _ settings: TimingSettings, _ observer: ProfileObserver
  ) throws -> (points: [StepTimes.Point], wasStopped: Bool) {
    let timer = InterleavedTimer(settings: settings, gates: [team.threads: try DisturbanceGate(team)])
    let result = timer.run(work.step.work(work.runs), observer.timer("timing steps of each batch size"))
    for run in work.runs { try run.requireWholeSteps() }
    return (zip(work.runs, result.samples).map { StepTimes.Point(batch: $0.batch, samples: $1) }, result.wasStopped)
  }
}
