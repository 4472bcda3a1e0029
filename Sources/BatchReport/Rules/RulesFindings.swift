import BatchScience

/// What a rules study found, a sentence each.
struct RulesFindings {
  private let report: RulesReport
  private var analysis: RulesAnalysis { report.analysis }
  private var text: RulesText { report.text }

  init(_ report: RulesReport) { self.report = report }

  var sentences: [String] {
    var sentences = [loss].compactMap { $0 }
    sentences += analysis.variants.compactMap(recovery)
    sentences += report.divergences
    let missing = report.results.plan.trials.count - report.results.trialCount
    if missing > 0 { sentences.append(SweepFindings.unfinished(missing)) }
    return sentences
  }

  /// What the rate as it is loses at the batch sizes at which it clearly does.
  private var loss: String? {
    guard let base = analysis.cell(.reference, analysis.baseBatch), !base.summary.trials.isEmpty else { return nil }
    let beginning =
      "Batch \(analysis.baseBatch) reaches a \(text.measure.name("test")) of "
      + "\(text.measure.interval(base.summary.test)) after "
      + NumberFormat.count(report.results.plan.common.epochs, "epoch")
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
