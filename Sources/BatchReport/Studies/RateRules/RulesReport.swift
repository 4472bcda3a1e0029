public import BatchScience
import BatchTraining

/// The report of a rules study: what each rule does to accuracy at each batch size, and what it recovers.
public struct RulesReport: StudyReport {
  let results: StudyResults<RulesPlan>
  let analysis: RulesAnalysis
  let text: RulesText
  let seconds: StudySeconds<RulesPlan>

  /// The report of what is there of a study.
  public init(_ results: StudyResults<RulesPlan>) {
    self.results = results
    analysis = RulesAnalysis(results)
    seconds = StudySeconds(results: results, learners: analysis.summaries.filter { !$0.trials.isEmpty })
    text = RulesText(measure: MeasureText(measure: analysis.measure), plan: results.plan)
  }

  /// A row for each batch size: mean and half of the 95 % interval for each variant, and the rates.
  public var table: TextTable { RulesTables.outcomes(analysis) }

  /// A row for each trial, in full precision.
  public var resultsTable: TextTable { RulesTables.trials(results, analysis) }

  /// The report as a page.
  public var html: HTMLReport {
    let plan = results.plan
    let common = plan.common
    return HTMLReport(
      title: "What rules for the learning rate do on \(common.data) with \(common.model)",
      subtitle: "\(results.trials.count) of \(plan.trials.count) training runs: the rules "
        + "\(plan.rules.map(\.description).joined(separator: ", ")) from base batch \(plan.baseBatch), "
        + (plan.warmUp.map { "without and with a warm-up of \(text.length($0))" } ?? "without a warm-up")
        + ", batch sizes \(common.batchSizes.map(String.init).joined(separator: ", ")), "
        + "\(NumberFormat.count(common.seeds.count, "seed")), \(NumberFormat.count(common.epochs, "epoch")), "
        + "\(common.recipe.optimizer), every other setting equal.",
      findings: findings, sections: results.trials.count == 0 ? [] : sections,
      circumstances: StudyCircumstances.list(results), json: results.json)
  }

  private var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section(
        "\(analysis.measure.rawValue.capitalizedFirst) by batch size and rule", charts: [outcomeChart],
        tables: [table]),
      HTMLReport.Section(
        "What the rules recover",
        paragraphs: [
          "The share recovered is what a rule gains over the rate as it is, of what that rate loses against the base "
            + "batch. It is given where the loss is clearly above zero, and where no run diverged. The chart "
            + "reaches from −100 % to 200 %: intervals are cut there, and shares beyond left out; the table has all of "
            + "them."
        ], charts: [recoveredChart].compactMap { $0 }, tables: [RulesTables.recovered(analysis)]),
      HTMLReport.Section("Each rule beside the rate as it is", charts: ruleCharts),
      HTMLReport.Section("Time", charts: [timeChart], tables: [seconds.table]),
      HTMLReport.Section("How to read this", paragraphs: definitions),
    ].filter { !$0.charts.isEmpty || !$0.tables.isEmpty || !$0.paragraphs.isEmpty }
  }

  /// What the words of the report mean.
  private var definitions: [String] {
    let better =
      analysis.measure.moreIsBetter
      ? "" : " As less is better for a loss, both differences are taken the other way round."
    return [
      "A rule carries the learning rate that is right for batch \(results.plan.baseBatch) to other batch sizes; 'none', the rate "
        + "as it is, is what the others are held against. At the base batch every rule gives the same training, with and "
        + "without a warm-up that starts with the base batch's rate; it is run once, as 'none'. A warm-up without a rule "
        + "or with LEGW starts with 1/32 of the rate and is run there, too.",
      "Brackets hold 95 % intervals over the seeds, and ± is half of such an interval: of means by Student's t, of shares "
        + "recovered by Fieller's theorem, paired by seed. Where an interval reaches beyond what the measure can be, its "
        + "ends stand in the place of ±.",
      "The share recovered at a batch size is (rule − none) / (none at batch \(results.plan.baseBatch) − none), of the means of "
        + "the test \(analysis.measure.rawValue) over the seeds.\(better) 100 % is as good as the base batch, more is better than "
        + "it. There is none where the loss by 'none' is not clear: its interval holds zero, or lies below it.",
      "A run has diverged when its loss ceased to be a number. Means are of the other runs, with the number of those that "
        + "diverged beside them; a share recovered is given only where none did.",
      "All runs take the same number of epochs, so that a larger batch makes fewer updates.",
      seconds.definition,
    ]
  }
}

extension RulesReport {
  /// What was found, a sentence each, with intervals.
  public var findings: [String] {
    var sentences = [loss].compactMap { $0 }
    sentences += analysis.variants.compactMap(recovery)
    sentences += divergences
    return sentences + seconds.reservations + StudyCircumstances.reservations(results)
  }

  /// What the rate as it is loses at the batch sizes at which it clearly does.
  private var loss: String? {
    guard let base = analysis.cell(.reference, analysis.baseBatch), !base.summary.trials.isEmpty else { return nil }
    let beginning =
      "Batch \(analysis.baseBatch) reaches a \(text.measure.name("test")) of "
      + "\(text.measure.interval(base.summary.test)) after "
      + NumberFormat.count(results.plan.common.epochs, "epoch")
    let lossy = analysis.lossyBatchSizes
    guard !lossy.isEmpty else {
      return beginning + "; at no other batch size does the rate as it is clearly lose anything, so that there is "
        + "nothing to recover."
    }
    let losses = lossy.compactMap { size in analysis.losses[size].map { "\(text.difference($0)) at batch \(size)" } }
    return beginning + "; the rate as it is loses \(Sentence.list(losses))."
  }

  /// What a variant recovers, at each batch size at which the loss is clear.
  private func recovery(_ variant: RuleVariant) -> String? {
    let shares = analysis.cells(of: variant).compactMap { cell in
      cell.recovered.flatMap { recovered in
        recovered.value.map { _ in "\(recovered.text) at batch \(cell.batchSize)" }
      }
    }
    guard !shares.isEmpty else { return nil }
    return "\(text.name(variant).capitalizedFirst) recovers \(Sentence.list(shares)) of what the rate as it is loses."
  }
}
