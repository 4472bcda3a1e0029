public import BatchScience
import BatchTraining

/// The report of a study of the noise scale: how it goes through training, by learning rate, by layer and against the
/// loss.
public struct NoiseScaleReport: StudyReport {
  let results: StudyResults<NoiseScalePlan>
  let analysis: NoiseScaleAnalysis

  /// The report of what is there of a study.
  public init(_ results: StudyResults<NoiseScalePlan>) {
    self.results = results
    analysis = NoiseScaleAnalysis(results)
  }

  /// A row for each run: its first and last noise scale, and how many windows gave one.
  public var table: TextTable { NoiseScaleTables.runs(analysis) }

  /// A row for each window of each run and layer, in full precision.
  public var resultsTable: TextTable { NoiseScaleTables.windows(analysis) }

  /// The report as a page.
  public var html: HTMLReport {
    let (plan, common) = (results.plan, results.plan.common)
    return HTMLReport(
      title: "The noise scale of \(common.model) on \(common.data)",
      subtitle: "\(results.trials.count) of \(plan.trials.count) training runs: learning rates "
        + "\(plan.learningRates.map(NumberFormat.plain).joined(separator: ", ")), batch sizes "
        + "\(common.batchSizes.map(String.init).joined(separator: ", ")), "
        + "\(NumberFormat.count(common.seeds.count, "seed")), \(NumberFormat.count(common.epochs, "epoch")), "
        + (plan.learningRates.count > 1 ? "otherwise " : "") + "\(common.recipe.optimizer).",
      findings: findings, sections: analysis.runs.allSatisfy(\.known.isEmpty) ? [] : sections,
      circumstances: StudyCircumstances.list(results), json: results.json)
  }

  private var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section("Through training", charts: [trainingChart], tables: [table]),
      HTMLReport.Section("By layer", charts: [layerChart].compactMap { $0 }),
      HTMLReport.Section("Against the loss", charts: [lossChart]),
      HTMLReport.Section("How to read this", paragraphs: definitions),
    ].filter { !$0.charts.isEmpty || !$0.paragraphs.isEmpty }
  }

  /// What the words of the report mean.
  private var definitions: [String] {
    [
      "The noise scale is φ = S/|G|²: the scatter of single examples' gradients over the squared length of their mean "
        + "(McCandlish et al. 2018, arXiv 1812.06162). A batch of φ has as much noise as signal; where the optimizer "
        + "follows the plain gradient and the loss curves alike in all directions, it takes twice the examples and twice "
        + "the updates of the least of either.",
      "Each point is of a window of updates, \(results.plan.schedule) between two evaluations: the ratio of the means of "
        + "Ŝ and |G|²̂, which are unbiased, of all its updates; no estimate is floored. Intervals are 95 %, by a "
        + "jackknife that leaves out blocks of updates. Where one reaches further than a factor of 2, or there are too "
        + "few updates, there is no number, and no point.",
      "The exact noise scale is that of all training examples at one moment, and beside it stands the estimate from "
        + "batches at the same weights, to hold the method against the truth. It is not that of the window around it: "
        + "from update to update |G|² goes up and down by itself, by the noise of the steps before, so that one moment "
        + "may have several times the noise scale of another nearby; the window's is a ratio of means over its updates.",
      "With an optimizer that scales steps, such as Adam, with autoencoders and with heavy tails the noise scale can be "
        + "far from the batch that trains best: it is evidence, and no answer.",
    ]
  }

  /// What was found, a sentence each, with intervals.
  public var findings: [String] {
    var sentences = analysis.runs.compactMap(course)
    if let coverageSentence { sentences.append(coverageSentence) }
    let empty = analysis.runs.filter { $0.known.isEmpty && $0.divergedAtUpdate == nil }
    if !empty.isEmpty {
      sentences.append(
        "There is not enough evidence for a noise scale in any window of \(empty.map(\.trial.description).joined(separator: "; "))."
      )
    }
    for run in analysis.runs {
      guard let update = run.divergedAtUpdate else { continue }
      sentences.append("The run of \(run.trial) diverged at update \(NumberFormat.grouped(update)).")
    }
    return sentences + StudyCircumstances.reservations(results)
  }

  /// How often the estimate holds what it estimates; nil where the exact noise scale is not known.
  var coverageSentence: String? {
    let (held, count) = analysis.coverage
    guard count > 0 else { return nil }
    return "Of batches at fixed weights, the interval holds the exact noise scale at \(held) of "
      + "\(NumberFormat.count(count, "moment"))."
  }

  /// How the noise scale of a run goes: from its first number to its last, and whether that is a change.
  func course(_ run: NoiseScaleAnalysis.Run) -> String? {
    guard let first = run.known.first, let last = run.known.last, first.epoch < last.epoch else { return nil }
    let beginning = "At \(run.trial) the noise scale "
    guard let before = first.estimate.interval, let after = last.estimate.interval, !before.overlaps(after) else {
      return beginning + "does not clearly change: \(Self.text(first)) and \(Self.text(last))."
    }
    let verb = after.lowerBound > before.upperBound ? "rises" : "falls"
    return beginning + "\(verb) from \(Self.text(first)) to \(Self.text(last))."
  }

  private static func text(_ point: NoiseScaleAnalysis.Point) -> String {
    "\(IntervalFormat.number(point.estimate.value ?? .nan, point.estimate.interval)) at epoch "
      + NumberFormat.significant(point.epoch, digits: 2)
  }
}
