public import BatchFoundation
public import BatchScience
import BatchTraining

/// The report of a rules study: what each rule does to accuracy at each batch size, and what it recovers.
public struct RulesReport: Sendable {
  let results: RulesResults
  let analysis: RulesAnalysis
  let text: RulesText

  /// The report of what is there of a study.
  ///
  /// - Throws: ``/BatchScience/StudyError`` when a rule does not apply to a batch size of the plan.
  public init(_ results: RulesResults) throws(StudyError) {
    self.results = results
    analysis = try RulesAnalysis(results)
    text = RulesText(measure: MeasureText(measure: analysis.measure), plan: results.plan)
  }

  /// A row for each batch size: mean and half of the 95 % interval for each variant, and the rates.
  public var table: TextTable { RulesTables.outcomes(analysis) }

  /// What was found, a sentence each, with intervals.
  public var findings: [String] { RulesFindings(self).sentences }

  /// Writes `report.html` and `results.csv` into the study's folder.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when a file cannot be written.
  public func write(to folder: String) throws(FileError) {
    try DurableFile.write(
      Array(RulesTables.trials(results, analysis).rendered(as: .csv).utf8), to: "\(folder)/results.csv")
    try DurableFile.write(Array(html.rendered().utf8), to: "\(folder)/report.html")
  }

  /// The report as a page.
  public var html: HTMLReport {
    let plan = results.plan
    let common = plan.common
    return HTMLReport(
      title: "What rules for the learning rate do on \(common.data) with \(common.model)",
      subtitle: "\(results.trialCount) of \(plan.trials.count) training runs: the rules "
        + "\(plan.rules.map(\.description).joined(separator: ", ")) from base batch \(plan.baseBatch), "
        + (plan.warmUp.map { "without and with a warm-up of \(text.length($0))" } ?? "without a warm-up")
        + ", batch sizes \(common.batchSizes.map(String.init).joined(separator: ", ")), "
        + "\(NumberFormat.count(common.seeds.count, "seed")), \(NumberFormat.count(common.epochs, "epoch")), "
        + "\(common.recipe.optimizer), every other setting equal.",
      findings: findings, sections: results.trialCount == 0 ? [] : sections,
      circumstances: RulesCircumstances.list(results), json: results.json)
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
      HTMLReport.Section("Time", charts: [timeChart], tables: [RulesTables.times(analysis)]),
      HTMLReport.Section("How to read this", paragraphs: RulesDefinitions.sentences(results.plan, analysis.measure)),
    ].filter { !$0.charts.isEmpty || !$0.tables.isEmpty || !$0.paragraphs.isEmpty }
  }
}
