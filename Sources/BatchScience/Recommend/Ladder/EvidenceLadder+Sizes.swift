import BatchTraining
import Glibc

extension EvidenceLadder {
  /// The batch sizes at which a rate was searched, in the order in which they were.
  var searchedSizes: [Int] {
    trials.filter { $0.trial.role == .search }.reduce(into: []) { sizes, run in
      if !sizes.contains(run.trial.batchSize) { sizes.append(run.trial.batchSize) }
    }
  }

  var runElsewhere: GoalTrial? {
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
      role: .search, batchSize: batch, learningRate: point.learningRate, seed: seeds(at: batch)[0], goal: goal,
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
  ///
  /// Small tasks are those in which seeds differ most, and some get lost.
  var repeatedRun: GoalTrial? {
    guard goal != nil, let decision else { return nil }
    guard trials.count(where: { $0.trial.role == .repeat }) < Self.mostRepeats else { return nil }
    let areShort = spentSeconds < plan.effort.grantedSeconds
    let (most, mostElsewhere, mostClose) = areShort ? Self.seedsOfShortRuns : (plan.effort.seeds, 0, 1)
    if let trial = repeatedRun(at: answer(decision).batch, seeds: most, close: mostClose) { return trial }
    guard areShort else { return nil }
    return searchedSizes.lazy.compactMap { repeatedRun(at: $0, seeds: mostElsewhere, close: mostClose) }.first
  }

  /// The seeds where runs are short: of the answer, of other sizes, and of rates close to the best.
  private static var seedsOfShortRuns: (answer: Int, elsewhere: Int, close: Int) { (24, 8, 4) }

  private func repeatedRun(at batch: Int, seeds count: Int, close: Int) -> GoalTrial? {
    guard let (point, seed, most) = tuned(batch).nextSeed(of: seeds(at: batch, count: count), close: close) else {
      return nil
    }
    // What the seeds of the answer tell is worth more than what they take, if the effort has the time.
    let seconds = (tuned(batch).best?.mean ?? 0) * secondsPerStep(batch) + 20 * secondsPerEvaluation
    guard spentSeconds + seconds <= plan.effort.trainingSeconds else { return nil }
    return GoalTrial(
      role: .repeat, batchSize: batch, learningRate: point.learningRate, seed: seed, goal: goal,
      mostUpdates: min(mostUpdates(batch), most))
  }

  private static var mostRepeats: Int { 120 }
}
