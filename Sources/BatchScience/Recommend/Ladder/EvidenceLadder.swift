import BatchProfiling
import BatchTraining
import Glibc

/// The evidence that a recommendation has, and the run that it needs next.
///
/// A function of what was measured and nothing else: the same runs and step times give the same next run. Costs are those
/// that the step times foretell.
struct EvidenceLadder {
  let plan: RecommendPlan
  let trials: [TrialResult<RecommendPlan>]
  /// The seconds of a step by batch size, and their draws; nil where no step was timed.
  let times: StepTimeDraws?
  /// What all evidence says together; nil where no run has reached the goal.
  private(set) var posterior: CostPosterior?
  /// The batch that follows; nil where there is no evidence.
  private(set) var decision: BatchDecision?

  init(_ plan: RecommendPlan, _ trials: [TrialResult<RecommendPlan>], times: StepTimes?) {
    self.plan = plan
    self.trials = trials
    self.times = times.flatMap { StepTimeDraws(whatIsKnownOf: $0) }?.moved(byCommonDeviation: Self.anotherHour)
    posterior = try? CostPosterior(steps: measurements, evidence: [noiseScaleEvidence].compactMap { $0 })
    if let posterior, let draws = self.times {
      decision = try? BatchDecision(posterior, times: draws, candidates: plan.common.batchSizes)
    }
  }

  /// By what share a machine's steps are longer or shorter from one hour to the next.
  private static var anotherHour: Double { 0.05 }

  /// The first seeds of a batch size, of which each size has others: what is measured at several is then independent.
  ///
  /// They follow from those of the plan, and where more are wanted from the numbers after the last.
  func seeds(at batch: Int, count: Int = 1) -> [UInt64] {
    let seeds = plan.common.seeds
    return (0..<count).map { index in
      let seed = index < seeds.count ? seeds[index] : seeds[seeds.count - 1] &+ UInt64(index - seeds.count + 1)
      return seed &* 100_000 &+ UInt64(batch)
    }
  }

  /// The next run; nil when there is evidence enough for the effort, or when the effort allows no more.
  var next: GoalTrial? { rangeRun ?? pilotRun ?? runElsewhere ?? repeatedRun }

  // MARK: Costs

  var exampleCount: Int { plan.common.exampleCounts.first ?? 0 }

  /// The seconds of a step; where none was timed as if an example took a microsecond and a step ten more.
  func secondsPerStep(_ batch: Int) -> Double { times?.median(at: batch) ?? 1e-5 + 1e-6 * Double(batch) }

  /// The seconds of an evaluation: a third of a training step's for as many examples, which has two products more.
  var secondsPerEvaluation: Double {
    let largest = times?.batches.last ?? 1024
    let examples = (plan.common.exampleCounts.dropFirst().first ?? 0) * (plan.measure == .trainingLoss ? 2 : 1)
    return secondsPerStep(largest) / Double(largest) * Double(examples) / 3
  }

  private func seconds(_ run: TrialResult<RecommendPlan>) -> Double {
    Double(run.outcome.updates) * secondsPerStep(run.trial.batchSize) + Double(run.records.count) * secondsPerEvaluation
  }

  /// The seconds that the runs so far have taken, by the step times.
  var spentSeconds: Double { trials.reduce(0) { $0 + seconds($1) } }

  /// The seconds that are left for the effort.
  var secondsLeft: Double { mostSeconds - spentSeconds }

  /// The seconds that all runs may take.
  var mostSeconds: Double {
    let runs = fastest.map { max(plan.effort.grantedSeconds, seconds($0.run) * plan.effort.mostRuns) } ?? .infinity
    return min(plan.effort.trainingSeconds, runs)
  }

  /// A run whose updates take at most so many seconds, and as many again for its evaluations; nil where it has too few.
  func limited(_ trial: GoalTrial, seconds: Double) -> GoalTrial? {
    var trial = trial
    let updates = (seconds - 20 * secondsPerEvaluation) / secondsPerStep(trial.batchSize)
    guard updates >= Double(Self.leastUpdates) else { return nil }
    trial.mostUpdates = min(trial.mostUpdates, updates < 1e15 ? Int(updates) : .max)
    return trial
  }

  static var leastUpdates: Int { 16 }

  /// All updates of the epochs that a run to a given goal has at most; one to the level of a budget has no such limit.
  func mostUpdates(_ batch: Int) -> Int {
    guard plan.target.goal != nil else { return .max }
    let (updates, overflow) = max(1, exampleCount / batch).multipliedReportingOverflow(by: plan.common.epochs)
    return overflow ? .max : updates
  }
}
