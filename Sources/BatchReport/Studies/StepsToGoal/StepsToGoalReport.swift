import BatchFoundation
public import BatchScience

/// The report of a study of steps to a goal: updates, examples and seconds to the goal by batch size, with tuned rates.
public struct StepsToGoalReport: StudyReport {
  let results: StudyResults<StepsToGoalPlan>
  let analysis: StepsToGoalAnalysis

  /// The report of what is there of a study.
  public init(_ results: StudyResults<StepsToGoalPlan>) {
    self.results = results
    analysis = StepsToGoalAnalysis(results)
  }

  /// A row for each batch size.
  public var table: TextTable { StepsToGoalTables.sizes(analysis) }

  /// A row for each run, in full precision.
  public var resultsTable: TextTable { StepsToGoalTables.runs(results) }

  /// The report as a page.
  public var html: HTMLReport {
    let common = results.plan.common
    return HTMLReport(
      title: "Updates to \(GoalText.goal(results.plan.goal)): \(common.model) on \(common.data)",
      subtitle: "\(NumberFormat.count(results.trials.count, "training run")): batch sizes "
        + "\(common.batchSizes.map(String.init).joined(separator: ", ")), a rate tuned for each, "
        + "\(NumberFormat.count(common.seeds.count, "seed")).",
      findings: findings, sections: analysis.sizes.contains { !$0.runs.isEmpty } ? sections : [],
      circumstances: StudyCircumstances.list(results), json: results.json)
  }

  private var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section("Updates and examples", charts: [stepsChart, examplesChart], tables: [table]),
      HTMLReport.Section("Seconds", charts: [secondsChart].compactMap { $0 }),
      HTMLReport.Section("Learning rates", charts: [rateChart].compactMap { $0 }),
      HTMLReport.Section("How to read this", paragraphs: definitions),
    ].filter { !$0.charts.isEmpty || !$0.paragraphs.isEmpty }
  }

  /// What the words of the report mean.
  private var definitions: [String] {
    [
      "At each batch size the learning rate is searched with the first seed, among points of a quasi-random sequence whose "
        + "box grows until rates on both sides of the best did worse; the best is then trained with the other seeds, and "
        + "the updates are theirs (Shallue et al. 2019, arXiv 1811.03600, tuned each batch size, too). Where a run does not "
        + "get there its updates count as well, for it is given up and another seed taken: the mean is all updates over "
        + "the number of runs that got there (Auger & Hansen 2005).",
      "The curve is S = S_min (1 + B_c/B) (McCandlish et al. 2018, arXiv 1812.06162, §5), fitted to the logarithm of the "
        + "updates. Its intervals are 95 %: seeds drawn anew, and what the sizes deviate from the curve beyond the noise "
        + "of their seeds. At B_c both updates and examples are twice their least. Up to B_c/8 doubling the batch nearly "
        + "halves the updates; from 4.5 B_c on it saves less than a tenth of them.",
      "Near the goal a run is evaluated at least every 6 % of its updates, and the crossing is interpolated. Seconds are "
        + "updates times the time of a step on the quiet machine.",
    ]
  }

  /// What was found, a sentence each, with intervals.
  public var findings: [String] {
    var sentences: [String] = []
    if let fit = analysis.fit { sentences += StepsToGoalText.sentences(fit, largest: analysis.sizes.last?.batch) }
    if let fastest = analysis.fastest, let seconds = fastest.meanSeconds {
      sentences.append(
        "On this machine batch \(fastest.batch) has the least mean time to the goal of those that were tried, "
          + "\(NumberFormat.duration(seconds))"
          + (fastest.runs.count > 1 ? "." : "; of one seed, without spread."))
    }
    let edges = analysis.sizes.filter { $0.best != nil && !$0.isInterior }.map { String($0.batch) }
    if !edges.isEmpty {
      sentences.append(
        "At batch \(Sentence.list(edges)) the best rate is the smallest or the largest that was tried: a better one may "
          + "lie beyond.")
    }
    sentences += StepsToGoalText.lost(analysis.sizes)
    let (runs, diverged) = analysis.sizes.reduce((0, 0)) { ($0.0 + $1.runCount, $0.1 + $1.divergedCount) }
    if diverged > 0 { sentences.append("\(diverged) of \(runs) runs diverged.") }
    return sentences + StudyCircumstances.reservations(results)
  }
}

/// What a hyperbola through steps says, in sentences.
enum StepsToGoalText {
  /// Which runs did not reach the goal.
  static func lost(_ sizes: [StepsToGoalAnalysis.Size]) -> [String] {
    let never = sizes.filter { $0.best == nil }.map { String($0.batch) }
    let some = sizes.filter { $0.best != nil && $0.lostCount > 0 }.map {
      "\($0.lostCount) of \($0.runs.count + $0.lostCount) seeds at batch \($0.batch)"
    }
    return [
      never.isEmpty ? nil : "At batch \(Sentence.list(never)) no rate reached the goal.",
      some.isEmpty
        ? nil : "With the best rate the goal was not reached by \(Sentence.list(some)); what those took counts.",
    ].compactMap { $0 }
  }

  /// `3,860 [3,200, 4,400]`, with open ends in words: those that there are, and those that the sizes tried tell nothing of.
  static func estimate(
    _ estimate: HyperbolaFit.Estimate, isOpenBelow: Bool = false, isOpenAbove: Bool = false
  ) -> String {
    func text(_ value: Double) -> String { NumberFormat.significant(value, digits: 3) }
    guard let value = estimate.value else { return "beyond \(text(estimate.low))" }
    let high = isOpenAbove ? nil : estimate.high
    switch (isOpenBelow, high) {
    case (true, let high?): return "\(text(value)), at most \(text(high))"
    case (true, nil): return "not known"
    case (false, nil): return "\(text(value)), at least \(text(estimate.low))"
    case (false, let high?): return IntervalFormat.number(value, min(estimate.low, value)...max(high, value))
    }
  }

  /// Of the critical batch, and of the least numbers that follow from it, what is beyond the sizes tried is not known.
  private static func openEnds(_ fit: HyperbolaFit) -> (below: Bool, above: Bool) {
    let (told, critical) = (fit.toldCriticalBatches, fit.criticalBatch)
    return (critical.low < told.lowerBound, (critical.high ?? .infinity) > told.upperBound)
  }

  /// The least number of examples, as a sentence.
  static func leastExamples(_ fit: HyperbolaFit) -> String {
    "The least number of examples is \(estimate(fit.minimumExamples, isOpenBelow: openEnds(fit).below))."
  }

  static func sentences(_ fit: HyperbolaFit, largest: Int?) -> [String] {
    guard !fit.hasNoPlateau else {
      return [
        "The critical batch lies beyond the sizes tried: up to batch \(largest ?? fit.batches.last ?? 0) the updates go on "
          + "falling."
      ]
    }
    let (told, isOpen) = (fit.toldCriticalBatches, openEnds(fit))
    guard fit.criticalBatch.value ?? .infinity >= told.lowerBound else {
      return [
        "The critical batch lies below the sizes tried: from batch \(fit.batches.first ?? 1) on the updates hardly fall."
      ]
    }
    guard !isOpen.below || !isOpen.above else {
      return ["The critical batch is not known: the runs scatter by more than these sizes could tell."]
    }
    let critical = estimate(fit.criticalBatch, isOpenBelow: isOpen.below, isOpenAbove: isOpen.above)
    var sentences = [
      "The critical batch is \(critical), the least number of updates "
        + "\(estimate(fit.minimumSteps, isOpenBelow: isOpen.above)), the least number of examples "
        + "\(estimate(fit.minimumExamples, isOpenBelow: isOpen.below))."
    ]
    if let critical = fit.criticalBatch.value {
      let perfect = ScalingRegime.perfectScalingEnd(criticalBatch: critical)
      let plateau = ScalingRegime.plateauStart(criticalBatch: critical)
      sentences.append(
        "Doubling the batch nearly halves the updates up to about \(NumberFormat.significant(perfect, digits: 2)) examples, "
          + "and saves hardly any from about \(NumberFormat.significant(plateau, digits: 2)) on.")
    }
    sentences.append(
      "The updates lie \(NumberFormat.percent(fit.deviation, decimals: 0)) from the curve in the root mean square.")
    return sentences
  }
}

/// The tables of a study of steps to a goal.
enum StepsToGoalTables {
  /// A row for each batch size.
  static func sizes(_ analysis: StepsToGoalAnalysis) -> TextTable {
    typealias Size = StepsToGoalAnalysis.Size
    return TextTable(
      analysis.sizes,
      fields: [
        .integer("batch_size", "batch size") { $0.batch },
        .number("learning_rate", "best rate", { $0.best?.point.learningRate }, as: NumberFormat.plain),
        .number("momentum", "momentum", { $0.best?.point.momentum }, as: NumberFormat.plain),
        .text("interior", "between worse ones") { $0.best == nil ? nil : $0.isInterior ? "yes" : "no" },
        .number("steps", "updates", { $0.meanSteps }) { NumberFormat.significant($0, digits: 3) },
        .number("examples", "examples", { size in size.meanSteps.map { $0 * Double(size.batch) } }) {
          NumberFormat.significant($0, digits: 3)
        },
        .number("seconds", "training time", { $0.meanSeconds }, as: NumberFormat.duration),
        .number("curve", "by the curve", { analysis.fit?.steps(at: $0.batch) }) {
          NumberFormat.significant($0, digits: 3)
        },
        .integer("seeds", "seeds") { $0.runs.count + $0.lostCount },
        .integer("lost", "not there") { $0.lostCount },
        .integer("runs", "runs") { $0.runCount }, .integer("diverged", "diverged") { $0.divergedCount },
      ])
  }

  /// A row for each run.
  static func runs<Plan: GoalStudyPlan>(_ results: StudyResults<Plan>) -> TextTable {
    TextTable(
      results.trials,
      fields: [
        .text("role", "role") { $0.trial.role.rawValue }, .integer("batch_size", "batch size") { $0.trial.batchSize },
        .number("learning_rate", "rate", { $0.trial.learningRate }, as: NumberFormat.plain),
        .number("momentum", "momentum", { $0.trial.momentum }, as: NumberFormat.plain),
        .integer("seed", "seed") { Int(clamping: $0.trial.seed) }, .text("end", "end") { $0.outcome.end.rawValue },
        .number("steps", "updates to the goal", { $0.outcome.stepsToGoal }, as: NumberFormat.plain),
        .integer("updates", "updates") { $0.outcome.updates },
        .number("best", "best", { $0.outcome.best }, as: NumberFormat.plain),
        .number("elapsed_seconds", "elapsed", { $0.elapsed?.wallSeconds }, as: NumberFormat.plain),
      ])
  }
}
