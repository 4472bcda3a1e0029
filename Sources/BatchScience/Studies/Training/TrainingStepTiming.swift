import BatchAlgebra
import BatchData
import BatchFoundation
import BatchProfiling
import BatchTraining

/// Times the training steps of a study: the same network, loss, optimizer, micro-batches and regularisation at each batch
/// size of the plan, and where batches grow at each that they come to.
struct TrainingStepTiming<Plan: TrainingStudyPlan> {
  let plan: Plan
  let data: Dataset
  let model: Sequential
  let context: ComputeContext
  let team: ThreadTeam

  /// The updates of a trial by their batch size, and the number of trials, by the batch size of the trials.
  private typealias Work = [Int: (updatesBySize: [Int: Int], trialCount: Int)]

  /// The times, for a small part of what the study will take; nil where even a few steps would take too much of it, or
  /// steps cannot be had: their error is for the trials to tell.
  ///
  /// - Throws: ``StudyError/interrupted`` where the observer asks to stop.
  func points(_ observer: ProfileObserver) throws(StudyError) -> [StepTimes.Point]? {
    guard let work = try? work(), let runs = try? runs(work) else { return nil }
    let seconds = Dictionary(uniqueKeysWithValues: runs.runs.map { ($0.batch, $0.secondsPerStep) })
    let study = Self.cost(work) { seconds[$0] ?? 0 }.seconds
    guard
      let settings = StepTimingBudget.settings(stepSeconds: runs.runs.map(\.secondsPerStep), studySeconds: study),
      let result = try? timing().time(runs, settings, observer)
    else { return nil }
    if result.wasStopped { throw .interrupted }
    return result.points
  }

  /// What the trials will take.
  ///
  /// - Throws: ``StudyError`` when a trial cannot be set up or its loss is no number from the beginning.
  func cost() throws(StudyError) -> StudyCost {
    do {
      let work = try work()
      let runs = try runs(work)
      var settings = TimingSettings()
      // About what a user waits for without wondering.
      (settings.minimumCycles, settings.maximumCycles, settings.maximumSeconds) = (5, 12, 0.5)
      let points = try timing().time(runs, settings, ProfileObserver()).points
      let seconds = Dictionary(uniqueKeysWithValues: points.map { ($0.batch, $0.samples.estimate?.value ?? 0) })
      return Self.cost(work) { seconds[$0] ?? 0 }
    } catch let error as StudyError {
      throw error
    } catch let error as TrainingError {
      throw .training(error)
    } catch let error as ModelError {
      throw .training(.model(error))
    } catch let error as AllocationError {
      throw .training(.model(.allocation(error)))
    } catch {
      throw .training(.plan("\(error)"))
    }
  }

  private func work() throws(TrainingError) -> Work {
    let trials = plan.trials
    var work: Work = [:]
    for trial in trials where work[trial.batchSize] == nil {
      work[trial.batchSize] = (
        try plan.training(trial).plan.updatesBySize(exampleCount: data.count),
        trials.count { $0.batchSize == trial.batchSize }
      )
    }
    return work
  }

  private static func cost(_ work: Work, secondsPerStep: (Int) -> Double) -> StudyCost {
    StudyCost(
      entries: work.sorted { $0.key < $1.key }.map { size, work in
        StudyCost.Entry(
          batchSize: size, trialCount: work.trialCount, updatesBySize: work.updatesBySize,
          secondsPerStep: secondsPerStep)
      })
  }

  /// A step of each size that the trials come to.
  private func runs(_ work: Work) throws -> (step: RestingStep<Float>, runs: [StepRun<Float>]) {
    try timing().runs(Set(work.values.flatMap(\.updatesBySize.keys)).sorted())
  }

  private func timing() throws -> StepTiming {
    guard let trial = plan.trials.first else { throw StudyError.training(.plan("no trials")) }
    // A rule changes an optimizer's settings, not what a step computes: any trial's optimizer will do.
    return StepTiming(
      common: plan.common, optimizer: try plan.training(trial).optimizer, data: data, model: model, context: context,
      team: team)
  }
}
