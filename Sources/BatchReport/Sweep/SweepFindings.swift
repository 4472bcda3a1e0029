import BatchScience

/// What a sweep found, a sentence each.
struct SweepFindings {
  private let report: SweepReport

  init(_ report: SweepReport) { self.report = report }

  var sentences: [String] {
    var sentences = TrainingBudget.allCases.compactMap { budget in
      report.analysis.comparison(at: budget).map(sentence)
    }
    if let fastest = report.analysis.learners.max(by: { $0.examplesPerSecond.mean < $1.examplesPerSecond.mean }),
      let slowest = report.analysis.learners.min(by: { $0.examplesPerSecond.mean < $1.examplesPerSecond.mean }),
      fastest.batchSize != slowest.batchSize
    {
      let ratio = fastest.examplesPerSecond.mean / slowest.examplesPerSecond.mean
      sentences.append(
        "Batch \(fastest.batchSize) trains on \(NumberFormat.significant(ratio, digits: 2)) times as many examples a "
          + "second as batch \(slowest.batchSize).")
    }
    for summary in report.analysis.summaries where summary.divergedCount > 0 {
      sentences.append(
        "At batch \(summary.batchSize), \(NumberFormat.count(summary.divergedCount, "run")) diverged: the loss ceased to "
          + "be a number.")
    }
    let missing = report.results.plan.trials.count - report.results.trials.count
    if missing > 0 { sentences.append(Self.unfinished(missing)) }
    return sentences
  }

  /// Which batch size is best when all had the same amount of a budget, and which cannot be told from it.
  func sentence(_ comparison: MatchedComparison) -> String {
    guard let best = comparison.best else { return "" }
    let others = comparison.indistinguishableFromBest.filter { $0.batchSize != best.batchSize }.map {
      "\($0.batchSize)"
    }
    let rivals =
      others.isEmpty
      ? ""
      : "; \(Sentence.list(others)) cannot be told from it by "
        + (best.sample.count == 1 ? "this seed" : "these \(best.sample.count) seeds")
    return "After the same \(comparison.amountText) batch \(best.batchSize) has the best "
      + "\(report.text.name("validation")), \(report.text.interval(best.sample))\(rivals)."
  }

  /// That so many runs of a study are missing.
  static func unfinished(_ count: Int) -> String {
    "\(NumberFormat.count(count, "run")) \(count == 1 ? "is" : "are") not finished; the figures are of those that are."
  }
}
