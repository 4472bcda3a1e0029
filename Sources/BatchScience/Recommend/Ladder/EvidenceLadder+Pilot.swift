import BatchTraining

extension EvidenceLadder {
  // MARK: Which rates train

  /// The batch of the pilot: the smallest of at least 16 with three quarters of the throughput, but no more than 256, nor
  /// than a sixteenth of the examples.
  var pilotBatch: Int {
    let sizes = times.map { times in plan.common.batchSizes.filter { times.median(at: $0) != nil } } ?? []
    guard !sizes.isEmpty else { return plan.common.batchSizes.last { $0 <= 32 } ?? plan.common.batchSizes.first ?? 1 }
    let throughput = sizes.map { Double($0) / secondsPerStep($0) }
    let most = throughput.max() ?? 0
    let knee = zip(sizes, throughput).first { $0 >= 16 && $1 >= 0.75 * most }?.0 ?? sizes.last ?? 1
    let largest = sizes.last { $0 <= max(1, min(256, exampleCount / 16)) } ?? sizes.first ?? 1
    return min(knee, largest)
  }

  private var rangeRuns: [TrialResult<RecommendPlan>] { trials.filter { $0.trial.role == .range } }

  /// Short runs at ever larger rates, until one does much worse than the best.
  var rangeRun: GoalTrial? {
    guard plan.firstRate == nil else { return nil }
    let runs = rangeRuns
    guard runs.count < Self.rangeRates.count else { return nil }
    if let last = runs.last {
      let losses = runs.map(Self.lossAtTheEnd)
      let least = losses.min() ?? .infinity
      let (first, now) = (last.records.first?.validationLoss ?? .infinity, losses[losses.count - 1])
      if last.outcome.end == .diverged || (least < 0.9 * first && now > 1.5 * least) { return nil }
    }
    let trial = GoalTrial(
      role: .range, batchSize: pilotBatch, learningRate: Self.rangeRates[runs.count], seed: seeds(at: pilotBatch)[0],
      goal: nil, mostUpdates: min(Self.rangeUpdates, mostUpdates(pilotBatch)))
    // What is left must do for the pilot.
    let seconds = Double(trial.mostUpdates) * secondsPerStep(trial.batchSize) + 2 * secondsPerEvaluation
    return spentSeconds + seconds <= (1 - plan.effort.pilotShare) * plan.effort.trainingSeconds ? trial : nil
  }

  /// Half a decade apart, from rates at which nothing learns.
  private static let rangeRates = [
    1e-4, 3.2e-4, 1e-3, 3.2e-3, 0.01, 0.032, 0.1, 0.32, 1, 3.2, 10,
  ]
  private static var rangeUpdates: Int { 100 }

  private static func lossAtTheEnd(_ run: TrialResult<RecommendPlan>) -> Double {
    guard run.outcome.end != .diverged, let loss = run.records.last?.validationLoss, loss.isFinite else {
      return .infinity
    }
    return loss
  }

  /// The rate with which the pilot's search begins: that of the least loss after a few updates.
  var firstRate: Double {
    plan.firstRate ?? rangeRuns.min { Self.lossAtTheEnd($0) < Self.lossAtTheEnd($1) }?.trial.learningRate
      ?? plan.common.recipe.optimizer.learningRate
  }

  // MARK: The pilot

  /// The goal of the runs: that of the plan, or the level that the best pilot has come to within the budget.
  var goal: TrainingGoal? {
    if let goal = plan.target.goal { return goal }
    // Runs at other sizes fix it.
    if let goal = trials.lazy.compactMap(\.trial.goal).first { return goal }
    let levels = pilots.filter { $0.outcome.end == .outOfUpdates }.compactMap { run -> Double? in
      guard let first = run.records.first?.validationLoss, let best = run.outcome.best else { return nil }
      // Other initial weights may do a little better by themselves.
      return best > 0 && best < Self.learntShare * first ? best : nil
    }
    return levels.min().flatMap { try? TrainingGoal(.validationLoss, $0) }
  }

  /// A pilot that stays above so much of its first loss has learnt nothing.
  static var learntShare: Double { 0.9 }

  /// The runs of the pilot's search.
  var pilots: [TrialResult<RecommendPlan>] { searches(at: pilotBatch) }

  func searches(at batch: Int) -> [TrialResult<RecommendPlan>] {
    trials.filter { $0.trial.role == .search && $0.trial.batchSize == batch }
  }

  /// The updates that a run took to the goal; nil where it did not get there.
  func steps(_ run: TrialResult<RecommendPlan>) -> Double? {
    if plan.target.goal != nil || run.trial.goal != nil { return run.outcome.stepsToGoal }
    return goal.flatMap { $0.crossing(in: run.records) }
  }

  /// What the runs of a batch size say of its rates.
  func tuned(_ batch: Int) -> TunedBatch { TunedBatch(batch, trials, of: plan.common, steps: steps) }

  var search: RateSearch {
    var search = RateSearch.small
    search.mostPoints = plan.effort.searchPoints
    return search
  }

  var pilotRun: GoalTrial? {
    let batch = pilotBatch
    let runs = pilots
    guard let point = search.next(after: tuned(batch).trials, guess: firstRate) else { return nil }
    // A budget says how long the pilot is; a goal, when it is given up.
    let budget = plan.target.updates(
      batch: batch, secondsPerStep: secondsPerStep(batch), exampleCount: exampleCount)
    var trial = GoalTrial(
      role: .search, batchSize: batch, learningRate: point.learningRate, seed: seeds(at: batch)[0],
      goal: plan.target.goal, mostUpdates: budget.map { TunedBatch.limit($0, atLeast: 1) } ?? mostUpdates(batch))
    let share = plan.effort.trainingSeconds * plan.effort.pilotShare
    guard let best = best(at: batch) else {
      // Where nothing has got there, a few rates are enough to say so.
      guard runs.count < 4 else { return nil }
      return limited(trial, seconds: min(share, runs.isEmpty ? share : secondsLeft))
    }
    guard plan.target.goal != nil else { return limited(trial, seconds: min(share, secondsLeft)) }
    trial.mostUpdates = min(trial.mostUpdates, Self.raced(best.steps))
    trial.gates = GoalGate.gates(behind: best.run.records, steps: best.steps, measure: plan.measure)
    return affordable(trial)
  }

  /// A run that takes half as many updates again as the best is not the best.
  static func raced(_ steps: Double) -> Int {
    TunedBatch.limit((1.5 * steps).rounded(.up), atLeast: Double(leastUpdates))
  }

  /// A run, if what it takes at most is left.
  func affordable(_ trial: GoalTrial) -> GoalTrial? {
    let seconds = Double(trial.mostUpdates) * secondsPerStep(trial.batchSize) + 20 * secondsPerEvaluation
    return seconds <= secondsLeft ? trial : nil
  }

  /// The search's run with the best rate of a batch size, and the mean updates to the goal over that rate's seeds; nil
  /// where none got there.
  func best(at batch: Int) -> (run: TrialResult<RecommendPlan>, steps: Double)? {
    guard let rate = tuned(batch).best, let mean = rate.mean,
      let run = searches(at: batch).first(where: { $0.trial.learningRate == rate.point.learningRate })
    else { return nil }
    return (run, mean)
  }

  /// The fastest run to the goal so far, and the mean updates of its rate.
  var fastest: (run: TrialResult<RecommendPlan>, steps: Double)? {
    searchedSizes.compactMap { best(at: $0) }.min {
      $0.steps * secondsPerStep($0.run.trial.batchSize) < $1.steps * secondsPerStep($1.run.trial.batchSize)
    }
  }
}
