public import BatchFoundation
public import BatchScience

/// The report of a batch-size sweep: what batch size did to accuracy, to its spread, and to time.
public struct SweepReport: Sendable {
  let results: SweepResults
  let analysis: SweepAnalysis
  let text: MeasureText

  /// The report of what is there of a study.
  public init(_ results: SweepResults) {
    self.results = results
    analysis = SweepAnalysis(results)
    text = MeasureText(measure: analysis.measure)
  }

  /// Writes `report.html` and `results.csv` into the study's folder.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when a file cannot be written.
  public func write(to folder: String) throws(FileError) {
    try DurableFile.write(
      Array(SweepEvaluationTable.table(results).rendered(as: .csv).utf8), to: "\(folder)/results.csv")
    try DurableFile.write(Array(html.rendered().utf8), to: "\(folder)/report.html")
  }

  /// A row for each batch size: mean and standard deviation over the seeds.
  public var table: TextTable { SweepTable.table(analysis, plan: results.plan) }

  /// What was found, a sentence each.
  public var findings: [String] { SweepFindings(self).sentences }

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
      circumstances: SweepCircumstances.list(results), json: results.json)
  }

  private var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section(
        "Accuracy by batch size".replacing("Accuracy", with: analysis.measure.rawValue.capitalizedFirst),
        charts: [outcomeChart], tables: [table]),
      HTMLReport.Section(
        "The same epochs, the same updates, the same seconds",
        paragraphs: [
          "Statements on batch size contradict each other mostly because they hold different things equal. In the same "
            + "number of epochs a small batch makes more updates; in the same number of updates a large batch sees more "
            + "examples; in the same time it depends on the machine. Lines are means over seeds."
        ], charts: [matchedChart]),
      HTMLReport.Section("Generalisation", charts: [gapChart]),
      HTMLReport.Section("Volatility", charts: [volatilityChart].compactMap { $0 }),
      HTMLReport.Section("Speed on this machine", charts: [epochTimeChart, throughputChart]),
      HTMLReport.Section("Ensembles", charts: [ensembleChart].compactMap { $0 }),
      HTMLReport.Section("Weights and gradients", charts: [distanceChart, gradientChart]),
      HTMLReport.Section("How to read this", paragraphs: SweepDefinitions.sentences(results.plan, analysis.measure)),
    ].filter { !$0.charts.isEmpty || !$0.paragraphs.isEmpty }
  }
}
