public import BatchTraining

/// A plan whose trials are training runs to a goal: they share data, model and loss, and each has a batch size, a rate
/// and a seed of its own.
///
/// Its trials follow from one another: what a run has shown says which rate is tried next, and when it is given up.
public protocol GoalStudyPlan: StudyPlan where Trial == GoalTrial, Record == EvaluationRecord, Outcome == GoalOutcome {
  /// What all runs share; of its optimizer all but the rate.
  var common: SweepPlan { get }
  /// What all runs are to reach; nil where the first of them show what can be reached.
  var commonGoal: TrainingGoal? { get }
  /// What is looked at in the runs.
  var measure: TrainingGoal.Measure { get }
  /// The seconds that the timing of steps takes at most.
  var timingSeconds: Double { get }

  /// About how many runs there are at most of each batch size, and the most updates that one of them has.
  var mostTrials: [Int: (trials: Int, updates: Int)] { get }

  /// What is measured in the steps of a run.
  func quantities(of trial: GoalTrial) -> [any StepQuantity]
}

extension GoalStudyPlan {
  public static var isAdaptive: Bool { true }

  /// Nothing is known before.
  public var mostTrials: [Int: (trials: Int, updates: Int)] { [:] }

  /// Nothing.
  public func quantities(of trial: GoalTrial) -> [any StepQuantity] { [] }

  /// The optimizer of a run: the plan's, with the run's rate and momentum.
  func optimizer(of trial: GoalTrial) throws(TrainingError) -> any Optimizer {
    var optimizer = common.recipe.optimizer
    if let momentum = trial.momentum {
      guard let sgd = optimizer as? SGD else { throw .plan("\(optimizer) has no momentum to be searched") }
      do {
        optimizer = try SGD(
          learningRate: sgd.learningRate, momentum: momentum, dampening: sgd.dampening, nesterov: sgd.nesterov,
          weightDecay: sgd.weightDecay, decayScope: sgd.decayScope)
      } catch {
        throw .plan(error.description)
      }
    }
    optimizer.learningRate = trial.learningRate
    return optimizer
  }

  /// Whether a finished run shows all that one with other limits would, which follow from step times, from the effort and
  /// from other runs.
  ///
  /// The same run has the same course up to where its limits end it.
  /// It does where its own limits did not end it, and where they ended it no sooner than the other's would. Without a goal a
  /// run ends with its updates, and what it shows hangs on their number.
  public func isAnswered(_ trial: GoalTrial, by result: TrialResult<Self>) -> Bool {
    if result.trial == trial { return true }
    var same = result.trial
    (same.mostUpdates, same.gates) = (trial.mostUpdates, trial.gates)
    guard same == trial, let goal = trial.goal else { return false }
    switch result.outcome.end {
    case .reached, .diverged: return true
    case .outOfUpdates, .behind:
      return trial.mostUpdates <= result.outcome.updates
        || trial.gates.contains { gate in
          let number = result.records.first { $0.update >= gate.update }.flatMap(goal.measure.number)
          return number.map { !goal.measure.isBetter($0, than: gate.value) } ?? false
        }
    }
  }

  public func fastestSteps(in trials: [TrialResult<Self>]) -> [Int: Double] {
    trials.reduce(into: [:]) { fastest, run in
      // Fewer may have been fast by chance.
      guard let last = run.records.last, last.update >= 50, last.seconds >= 1e-3 else { return }
      let seconds = last.seconds / Double(last.update)
      fastest[run.trial.batchSize] = min(fastest[run.trial.batchSize] ?? .infinity, seconds)
    }
  }

  public func fault(in trial: TrialResult<Self>) -> TrialFault? {
    guard let first = trial.records.first, first.update == 0 else {
      return TrialFault(record: 0, "a run is evaluated before its first update")
    }
    for (index, record) in trial.records.enumerated() {
      let before = index > 0 ? trial.records[index - 1] : nil
      if let reason = record.fault(after: before, epochs: SweepPlan.mostEpochs) {
        return TrialFault(record: index, reason)
      }
    }
    let outcome = trial.outcome
    guard outcome.updates >= trial.records.last?.update ?? 0, outcome.updates < 1 << 50, outcome.parameters >= 0,
      outcome.best?.isFinite ?? true
    else {
      return TrialFault("its end has a count that cannot be, or a best that is no number")
    }
    guard (outcome.end == .reached) == (outcome.stepsToGoal != nil) else {
      return TrialFault("its end says both that the goal was reached and that it was not")
    }
    guard trial.trial.mostUpdates >= 1, outcome.end != .outOfUpdates || outcome.updates >= trial.trial.mostUpdates
    else {
      return TrialFault(
        "it ended after \(outcome.updates) of at most \(trial.trial.mostUpdates) updates for want of them")
    }
    if let steps = outcome.stepsToGoal, !(steps > 0 && steps <= Double(outcome.updates)) {
      return TrialFault("it took \(steps) of \(outcome.updates) updates to the goal")
    }
    return nil
  }
}

extension StudyResults where Plan: GoalStudyPlan {
  /// The run of the search of a batch size that tried a rate; nil where it is not finished.
  func searchRun(_ point: RateSearch.Point, batch: Int) -> TrialResult<Plan>? {
    trials.first {
      $0.trial.role == .search && $0.trial.batchSize == batch && $0.trial.learningRate == point.learningRate
        && $0.trial.momentum == point.momentum
    }
  }
}
