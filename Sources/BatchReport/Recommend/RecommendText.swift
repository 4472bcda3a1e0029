import BatchFoundation
public import BatchScience

/// What a recommendation says, in sentences.
public enum RecommendText {
  /// The answer as a title.
  static func headline(_ answer: Recommendation, _ plan: RecommendPlan) -> String {
    guard let batch = answer.updateBatch, let rate = answer.learningRate, let seconds = answer.seconds else {
      return "Not enough evidence for a batch size"
    }
    return "Train with batch \(NumberFormat.grouped(batch)), rate \(NumberFormat.plain(rate)): "
      + "\(GoalText.duration(seconds)) to \(answer.goal.map(GoalText.goal) ?? plan.target.description)"
  }

  /// What there was of evidence, as the rest of a sentence.
  static func evidence(_ analysis: RecommendationAnalysis, _ results: StudyResults<RecommendPlan>) -> String {
    let runs = results.trials.count { $0.trial.role != .range }
    let short = results.trials.count - runs
    let sizes = Set(analysis.measurements.map(\.batch)).count
    return "steps timed at \(NumberFormat.count(results.chosenStepTimes?.points.count ?? 0, "batch size")), "
      + (short > 0 ? "\(NumberFormat.count(short, "short run")) for the rate, " : "")
      + "\(NumberFormat.count(runs, "run")) to the goal at \(NumberFormat.count(max(1, sizes), "batch size")), in "
      + NumberFormat.duration(analysis.recommendation.spentSeconds)
  }

  /// What was found, a sentence each.
  static func findings(
    _ answer: Recommendation, _ analysis: RecommendationAnalysis, _ results: StudyResults<RecommendPlan>
  ) -> [String] {
    [
      verdict(answer, results.plan), cost(answer, results.plan), range(answer), untimed(analysis), critical(answer),
      rivals(answer),
      answer.weakestLink.isEmpty ? nil : "What the answer rests on least firmly: \(answer.weakestLink).",
      next(answer), answer.command.map { "The command that trains so: \($0)" },
    ].compactMap { $0 }
  }

  private static func verdict(_ answer: Recommendation, _ plan: RecommendPlan) -> String? {
    guard answer.verdict == .answer else {
      return "Not enough evidence: \(answer.shortage ?? "nothing was measured")."
    }
    guard let batch = answer.updateBatch, let micro = answer.microBatch, let rate = answer.learningRate else {
      return nil
    }
    let portions = micro < batch ? " in micro-batches of \(micro)" : ""
    return "Train with batch \(batch)\(portions) at a constant learning rate of \(NumberFormat.plain(rate)), "
      + (answer.rateIsTuned
        ? "the best of \(NumberFormat.count(answer.triedRates, "rate")) that \(answer.triedRates == 1 ? "was" : "were") tried at this batch."
        : "which follows from the best at another batch and was not tried at this one.")
  }

  private static func cost(_ answer: Recommendation, _ plan: RecommendPlan) -> String? {
    guard let seconds = answer.seconds, let steps = answer.steps, let examples = answer.examples, let goal = answer.goal
    else { return nil }
    let single = answer.singleRunSteps.map {
      " on average over seeds; a single run takes \(GoalText.number($0)) updates"
    }
    return
      "To \(GoalText.goal(goal)) it takes \(GoalText.duration(seconds)) of training, \(GoalText.number(steps)) updates "
      + "and \(GoalText.number(examples)) examples\(single ?? "")."
      + (plan.target.goal == nil
        ? " That loss is what the luckiest pilot came to within \(plan.target); the mean over seeds may take longer."
        : "")
  }

  private static func range(_ answer: Recommendation) -> String? {
    guard let range = answer.within10Percent else { return nil }
    guard answer.candidates.count > 1 else { return "It was the only batch to choose from." }
    return range.low == range.high
      ? "No other candidate is expected within 10 % of it."
      : "Any batch from \(range.low) to \(range.high) is expected within 10 % of the best."
  }

  private static func untimed(_ analysis: RecommendationAnalysis) -> String? {
    guard let sizes = analysis.decision?.untimed, !sizes.isEmpty else { return nil }
    return
      "No candidates, as their steps were not timed on the quiet machine: batch "
      + "\(Sentence.list(sizes.map(String.init)))."
  }

  private static func critical(_ answer: Recommendation) -> String? {
    guard let critical = answer.criticalBatch else { return nil }
    let source =
      answer.evidence == .noiseScale
      ? "from the pilot's median noise scale of \(NumberFormat.significant(answer.noiseScale ?? .nan, digits: 3)) alone"
      : "from tuned runs"
        + (answer.noiseScale.map { "; the pilot's median noise scale is \(NumberFormat.significant($0, digits: 3))" }
          ?? "")
    return "The critical batch is \(GoalText.number(critical)), \(source)."
  }

  private static func rivals(_ answer: Recommendation) -> String? {
    guard answer.candidates.count > 1 else { return nil }
    let shown = answer.rivals.compactMap { rival -> String? in
      guard let batch = rival.batch, let ratio = rival.costRatio,
        ["32 by habit", "largest candidate that fits", "throughput knee"].contains(rival.criterion)
      else { return nil }
      return "\(rival.criterion) (\(NumberFormat.grouped(batch))) \(GoalText.number(ratio)) times"
    }
    return shown.isEmpty
      ? nil : "Others take, in times of the least that is expected: \(shown.joined(separator: "; "))."
  }

  private static func next(_ answer: Recommendation) -> String? {
    guard let next = answer.nextMeasurement else { return nil }
    guard next.savedSeconds > 0 else { return "No other batch size is worth a measurement." }
    return
      "Tuning batch \(next.batch) as well would take about \(NumberFormat.duration(next.costSeconds)) and is expected to "
      + "save each training \(NumberFormat.duration(next.savedSeconds))."
  }

  /// How many workers pay.
  public static func cluster(_ cost: ClusterCost) -> String {
    "Extrapolated from this machine alone: up to \(GoalText.number(cost.usefulWorkers)) workers every doubling gains a "
      + "tenth or more; beyond, the critical batch and the network make more of them worthless."
  }
}
