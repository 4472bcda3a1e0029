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

  /// The next run; nil when there is evidence enough for the effort, or when the effort allows no more.
  var next: GoalTrial? { rangeRun ?? pilotRun ?? runElsewhere ?? repeatedRun }

  // MARK: Costs

  private var exampleCount: Int { plan.common.exampleCounts.first ?? 0 }

  /// The seconds of a step; where none was timed as if an example took a microsecond and a step ten more.
  func secondsPerStep(_ batch: Int) -> Double { times?.median(at: batch) ?? 1e-5 + 1e-6 * Double(batch) }

  /// The seconds of an evaluation: a third of a training step's for as many examples, which has two products more.
  private var secondsPerEvaluation: Double {
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
  private var secondsLeft: Double { mostSeconds - spentSeconds }

  /// The seconds that all runs may take.
  private var mostSeconds: Double {
    let runs = fastest.map { max(plan.effort.grantedSeconds, seconds($0.run) * plan.effort.mostRuns) } ?? .infinity
    return min(plan.effort.trainingSeconds, runs)
  }

  /// A run whose updates take at most so many seconds, and as many again for its evaluations; nil where it has too few.
  private func limited(_ trial: GoalTrial, seconds: Double) -> GoalTrial? {
    var trial = trial
    let updates = (seconds - 20 * secondsPerEvaluation) / secondsPerStep(trial.batchSize)
    guard updates >= Double(Self.leastUpdates) else { return nil }
    trial.mostUpdates = min(trial.mostUpdates, updates < 1e15 ? Int(updates) : .max)
    return trial
  }

  private static var leastUpdates: Int { 16 }

  /// All updates of the epochs that a run has at most.
  private func mostUpdates(_ batch: Int) -> Int {
    let (updates, overflow) = max(1, exampleCount / batch).multipliedReportingOverflow(by: plan.common.epochs)
    return overflow ? .max : updates
  }

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
  private var rangeRun: GoalTrial? {
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
      role: .range, batchSize: pilotBatch, learningRate: Self.rangeRates[runs.count], seed: plan.common.seeds[0],
      goal: nil, mostUpdates: Self.rangeUpdates)
    // What is left must do for the pilot.
    let seconds = Double(Self.rangeUpdates) * secondsPerStep(trial.batchSize) + 2 * secondsPerEvaluation
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
  private var firstRate: Double {
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
      guard let first = run.records.first?.validationLoss, let last = run.records.last?.validationLoss else {
        return nil
      }
      // Other initial weights may do a little better by themselves.
      return last > 0 && last < Self.learntShare * first ? last : nil
    }
    return levels.min().flatMap { try? TrainingGoal(.validationLoss, $0) }
  }

  /// A pilot that ends above so much of its first loss has learnt nothing.
  private static var learntShare: Double { 0.9 }

  /// The runs of the pilot's search.
  var pilots: [TrialResult<RecommendPlan>] { searches(at: pilotBatch) }

  private func searches(at batch: Int) -> [TrialResult<RecommendPlan>] {
    trials.filter { $0.trial.role == .search && $0.trial.batchSize == batch }
  }

  /// The updates that a run took to the goal; nil where it did not get there.
  func steps(_ run: TrialResult<RecommendPlan>) -> Double? {
    if plan.target.goal != nil || run.trial.goal != nil { return run.outcome.stepsToGoal }
    return goal.flatMap { $0.crossing(in: run.records) }
  }

  /// What the runs of a batch size say of its rates.
  func tuned(_ batch: Int) -> TunedBatch { TunedBatch(batch, trials, steps: steps) }

  private var search: RateSearch {
    var search = RateSearch.small
    search.mostPoints = plan.effort.searchPoints
    return search
  }

  private var pilotRun: GoalTrial? {
    let batch = pilotBatch
    let runs = pilots
    guard let point = search.next(after: tuned(batch).trials, guess: firstRate) else { return nil }
    // A budget says how long the pilot is; a goal, when it is given up.
    let budget = plan.target.updates(
      batch: batch, secondsPerStep: secondsPerStep(batch), exampleCount: exampleCount)
    var trial = GoalTrial(
      role: .search, batchSize: batch, learningRate: point.learningRate, seed: plan.common.seeds[0],
      goal: plan.target.goal, mostUpdates: min(mostUpdates(batch), budget.map { $0 < 1e15 ? Int($0) : .max } ?? .max))
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
  private static func raced(_ steps: Double) -> Int { max(leastUpdates, Int(min(1.5 * steps, 1e15).rounded(.up))) }

  /// A run, if what it takes at most is left.
  private func affordable(_ trial: GoalTrial) -> GoalTrial? {
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
  private var fastest: (run: TrialResult<RecommendPlan>, steps: Double)? {
    searchedSizes.compactMap { best(at: $0) }.min {
      $0.steps * secondsPerStep($0.run.trial.batchSize) < $1.steps * secondsPerStep($1.run.trial.batchSize)
    }
  }

  // MARK: Other batch sizes

  /// The batch sizes at which a rate was searched, in the order in which they were.
  var searchedSizes: [Int] {
    trials.filter { $0.trial.role == .search }.reduce(into: []) { sizes, run in
      if !sizes.contains(run.trial.batchSize) { sizes.append(run.trial.batchSize) }
    }
  }

  private var runElsewhere: GoalTrial? {
    guard let goal, times != nil, let fastest else { return nil }
    let sizes = searchedSizes
    if let size = sizes.last, size != pilotBatch, let trial = searchRun(size, goal, fastest) { return trial }
    guard plan.effort.otherSizes > 0, let decision else { return nil }
    // Where the answer can hardly get better, nothing more is needed.
    if sizes.count <= plan.effort.otherSizes, decision.expectedRegret > 0.02 || sizes.count < 2,
      let next = mostWorth(decision), next.seconds > 0, spentSeconds < Self.explorationShare * mostSeconds
    {
      return searchRun(next.batch, goal, fastest)
    }
    // What is recommended has been trained with, if it can be had.
    let answer = answer(decision).batch
    guard sizes.count <= plan.effort.otherSizes + Self.confirmations, !sizes.contains(answer) else { return nil }
    return searchRun(answer, goal, fastest)
  }

  /// The share of all seconds after which no further batch size is looked at: the rest is for the one that is recommended.
  private static var explorationShare: Double { 0.6 }

  /// How many batch sizes more may be searched since the evidence points at them.
  private static var confirmations: Int { 2 }

  /// The batch size whose tuned measurement would save most for what it takes, and the seconds that it is expected to save a
  /// training.
  ///
  /// Of powers of two about the chosen one: far away a run would take long to say little.
  func mostWorth(_ decision: BatchDecision) -> (batch: Int, seconds: Double)? {
    let chosen = decision.chosen.batch
    let octaves = decision.candidates.filter { candidate in
      let batch = candidate.batch
      return batch & (batch - 1) == 0 && batch <= 8 * chosen && chosen <= 8 * batch && !searchedSizes.contains(batch)
    }
    let worth = octaves.map { (size: $0, seconds: decision.valueOfMeasuring($0.batch)) }
    return worth.max { $0.seconds / $0.size.expectedSeconds < $1.seconds / $1.size.expectedSeconds }.map {
      ($0.size.batch, $0.seconds)
    }
  }

  /// The next run of the search at a batch size, which is given up where it cannot be the fastest any more.
  private func searchRun(
    _ batch: Int, _ goal: TrainingGoal, _ fastest: (run: TrialResult<RecommendPlan>, steps: Double)
  ) -> GoalTrial? {
    let runs = searches(at: batch)
    // Where neither the guess nor its neighbours get there in time, the batch is not the fastest.
    guard runs.count < 3 || best(at: batch) != nil else { return nil }
    // A search goes on about the guess that it began with.
    let guess = runs.first?.trial.learningRate ?? guess(batch)
    guard let point = search.next(after: tuned(batch).trials, guess: guess) else { return nil }
    let scale = secondsPerStep(fastest.run.trial.batchSize) / secondsPerStep(batch)
    var trial = GoalTrial(
      role: .search, batchSize: batch, learningRate: point.learningRate, seed: plan.common.seeds[0], goal: goal,
      mostUpdates: min(mostUpdates(batch), Self.raced(1.2 * fastest.steps * scale)),
      gates: GoalGate.gates(
        behind: fastest.run.records, steps: fastest.steps, measure: plan.measure, scale: scale))
    if let best = best(at: batch), best.steps < fastest.steps * scale {
      trial.mostUpdates = min(trial.mostUpdates, Self.raced(best.steps))
      trial.gates = GoalGate.gates(behind: best.run.records, steps: best.steps, measure: plan.measure)
    }
    return affordable(trial)
  }

  /// The rate that follows for a batch size from the best at the nearest one that was searched.
  ///
  /// Steps along a noisy gradient are best at η ∝ 1/(1 + B_c/B) (McCandlish et al. 2018, §2.2), those of an optimizer that
  /// divides by second moments at η ∝ √B (Malladi et al. 2022).
  func guess(_ batch: Int) -> Double {
    let known = searchedSizes.compactMap { size in best(at: size).map { (size, $0.run.trial.learningRate) } }
    let nearest = known.min { abs(log(Double($0.0) / Double(batch))) < abs(log(Double($1.0) / Double(batch))) }
    guard let (size, rate) = nearest else { return firstRate }
    guard !(plan.common.recipe.optimizer is any AdaptiveOptimizer), let critical = posterior?.criticalBatch.value else {
      return rate * (Double(batch) / Double(size)).squareRoot()
    }
    return rate * (1 + critical / Double(size)) / (1 + critical / Double(batch))
  }

  // MARK: Another seed

  /// Another seed of the answer's best rate, and of other sizes' where runs are so short that nobody minds.
  private var repeatedRun: GoalTrial? {
    guard goal != nil, plan.effort.otherSizes > 0, let decision else { return nil }
    guard trials.count(where: { $0.trial.role == .repeat }) < Self.mostRepeats else { return nil }
    let areShort = spentSeconds < plan.effort.grantedSeconds
    let answer = answer(decision).batch
    if let trial = repeatedRun(at: answer, seeds: areShort ? plan.common.seeds.count : plan.effort.seeds) {
      return trial
    }
    guard areShort else { return nil }
    return searchedSizes.lazy.compactMap { repeatedRun(at: $0, seeds: plan.effort.seeds) }.first
  }

  private func repeatedRun(at batch: Int, seeds count: Int) -> GoalTrial? {
    guard let (rate, seed) = tuned(batch).nextSeed(of: plan.common.seeds, count: count), let mean = rate.mean else {
      return nil
    }
    return affordable(
      GoalTrial(
        role: .repeat, batchSize: batch, learningRate: rate.point.learningRate, seed: seed, goal: goal,
        mostUpdates: min(mostUpdates(batch), max(Self.leastUpdates, Int(min(3 * mean, 1e15))))))
  }

  private static var mostRepeats: Int { 60 }

  // MARK: What it says

  /// The updates to the goal that were measured: the best of each batch size and its other seeds, and what those took
  /// at least that did not get there.
  var measurements: [StepsToGoal] {
    searchedSizes.flatMap { batch -> [StepsToGoal] in
      let measured = tuned(batch).measurements
      guard measured.isEmpty else { return measured }
      let runs = searches(at: batch)
      let longest = runs.filter { $0.outcome.end != .diverged }.map(\.trial.mostUpdates).max()
      // Where the goal hangs on the seed, no bound is known.
      guard runs.count >= 2, let longest, goal != nil, !runs.contains(where: { steps($0) != nil }) else { return [] }
      return [StepsToGoal(batch: batch, seed: plan.common.seeds[0], steps: Double(longest), isLowerBound: true)]
    }
  }

  /// The noise scale through the best pilot, a window after the other.
  var noiseScales: [NoiseScaleEstimate] {
    guard let run = best(at: pilotBatch)?.run ?? pilots.max(by: { $0.outcome.updates < $1.outcome.updates }) else {
      return []
    }
    return run.records.compactMap { record in
      func measured(_ name: String) -> Measurement? {
        record.measurements?.first { $0.name == name && $0.layer == nil }
      }
      return measured("noise_scale").map {
        NoiseScaleEstimate(
          value: $0.value, interval: $0.interval, scatter: measured("noise_scale_scatter")?.value, probes: $0.probes)
      }
    }
  }

  /// What the noise scale says of the critical batch; nil where there is none.
  var noiseScaleEvidence: CriticalBatchEvidence? {
    CriticalBatchEvidence.noiseScale(windows: noiseScales, doubts: plan.doubts)
  }

  /// The batch to train with: the one of the least expected time, or one that was trained with and is as good.
  ///
  /// Of what was trained the best learning rate is known as well.
  func answer(_ decision: BatchDecision) -> BatchDecision.Candidate {
    let trained = decision.candidates.filter { best(at: $0.batch) != nil }
    guard let close = trained.min(by: { $0.expectedSeconds < $1.expectedSeconds }),
      close.expectedSeconds <= 1.03 * decision.chosen.expectedSeconds
    else { return decision.chosen }
    return close
  }
}
