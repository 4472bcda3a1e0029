public import BatchScience

/// The report of a batch-size sweep: what batch size did to accuracy, to its spread, and to time.
public struct SweepReport: StudyReport {
  let results: StudyResults<SweepPlan>
  let analysis: SweepAnalysis
  let text: MeasureText
  let seconds: StudySeconds<SweepPlan>

  /// The report of what is there of a study.
  public init(_ results: StudyResults<SweepPlan>) {
    self.results = results
    analysis = SweepAnalysis(results)
    text = MeasureText(measure: analysis.measure)
    seconds = StudySeconds(results: results, learners: analysis.learners)
  }

  /// A row for each batch size: mean and standard deviation over the seeds.
  public var table: TextTable { SweepTables.summary(analysis, plan: results.plan) }

  /// A row for each evaluation of each trial, in full precision.
  public var resultsTable: TextTable { SweepTables.evaluations(results.runs) }

  /// The report as a page.
  public var html: HTMLReport {
    let plan = results.plan
    return HTMLReport(
      title: "What batch size does to \(plan.model) on \(plan.data)",
      subtitle: "\(results.trials.count) of \(plan.trials.count) training runs: batch sizes "
        + "\(plan.batchSizes.map(String.init).joined(separator: ", ")), "
        + "\(NumberFormat.count(plan.seeds.count, "seed")), \(NumberFormat.count(plan.epochs, "epoch")), "
        + "\(plan.recipe.optimizer), rule for the rate \(plan.recipe.ruleText), every other setting equal.",
      findings: findings,
      sections: analysis.learners.isEmpty ? [] : sections,
      circumstances: StudyCircumstances.list(results), json: results.json)
  }

  private var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section(
        "\(analysis.measure.rawValue.capitalizedFirst) by batch size",
        charts: [outcomeChart], tables: [table]),
      HTMLReport.Section(
        "The same epochs, the same updates, the same seconds",
        paragraphs: [
          "Statements on batch size contradict each other mostly because they hold different things equal. In the same "
            + "number of epochs a small batch makes more updates; in the same number of updates a large batch sees more "
            + "examples; in the same time it depends on the machine. Lines are means over seeds"
            + (text.measure == .accuracy ? ", from 12 points below the best upwards." : ".")
        ], charts: [matchedChart]),
      HTMLReport.Section("Generalisation", charts: [gapChart]),
      HTMLReport.Section("Volatility", charts: [volatilityChart].compactMap { $0 }),
      HTMLReport.Section("Time", charts: [epochTimeChart, throughputChart], tables: [seconds.table]),
      HTMLReport.Section("Ensembles", charts: [ensembleChart].compactMap { $0 }),
      HTMLReport.Section("Weights and gradients", charts: [distanceChart, gradientChart]),
      HTMLReport.Section("How to read this", paragraphs: definitions),
    ].filter { !$0.charts.isEmpty || !$0.paragraphs.isEmpty }
  }

  /// What the words of the report mean.
  private var definitions: [String] {
    [
      "Brackets hold 95 % intervals of the mean over \(results.plan.seeds.count) seeds, by Student's t; ± is the standard "
        + "deviation over the seeds. A batch size cannot be told from the best when the 95 % interval of the difference, "
        + "paired by seed, holds zero.",
      seconds.definition,
      "The generalisation gap compares the validation part with as many training examples. Volatility is the standard "
        + "deviation of a run's validation \(analysis.measure.rawValue) over the epochs of its last third, averaged over seeds.",
      "The mean gradient norm is of batch gradients: of the first after each evaluation, and of one in eight, or 64 an "
        + "epoch where those are fewer. At fixed weights it falls with the batch size, as noise averages out; at the "
        + "same epoch a large batch has made fewer updates and stands where the gradient itself is larger.",
      "Runs are evaluated before the first update, after every epoch, and after 8, 16, 32, … updates.",
    ]
  }
}

extension SweepReport {
  /// What was found, a sentence each.
  public var findings: [String] {
    var sentences = TrainingBudget.allCases.compactMap { budget in
      analysis.comparison(at: budget).map(sentence)
    }
    if let (slowest, fastest) = quietExtremes(\.examplesPerSecond),
      fastest.examplesPerSecond.isSurelyMore(than: slowest.examplesPerSecond)
    {
      let ratio = fastest.examplesPerSecond.value / slowest.examplesPerSecond.value
      sentences.append(
        "Batch \(fastest.batchSize) trains on \(NumberFormat.significant(ratio, digits: 2)) times as many examples a "
          + "second as batch \(slowest.batchSize), by the time of a step on the quiet machine.")
    }
    for summary in analysis.summaries where summary.divergedCount > 0 {
      sentences.append(
        "At batch \(summary.batchSize), \(NumberFormat.count(summary.divergedCount, "run")) diverged: the loss ceased to "
          + "be a number.")
    }
    return sentences + seconds.reservations + StudyCircumstances.reservations(results)
  }

  /// Which batch size is best when all had the same amount of a budget, and which cannot be told from it.
  func sentence(_ comparison: MatchedComparison) -> String {
    RankingText(text: text, part: "validation").sentence(
      comparison.ranking, "After the same \(comparison.amountText)")
  }
}

extension MatchedComparison {
  /// `10 epochs`, `540 updates`, `15.1 s of training`.
  var amountText: String {
    switch budget {
    case .epochs:
      amount == amount.rounded()
        ? NumberFormat.count(amount, "epoch") : "\(NumberFormat.significant(amount, digits: 3)) epochs"
    case .updates: NumberFormat.count(amount, "update")
    case .seconds: "\(NumberFormat.duration(amount)) of training"
    }
  }
}
