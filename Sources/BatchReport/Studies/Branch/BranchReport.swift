public import BatchScience
import BatchTraining
import Glibc

/// The report of a study of branches: what batch each moment of a training can take, and how much progress larger ones
/// lose.
public struct BranchReport: StudyReport {
  let results: StudyResults<BranchPlan>
  let analysis: BranchAnalysis

  /// The report of what is there of a study.
  public init(_ results: StudyResults<BranchPlan>) {
    self.results = results
    analysis = BranchAnalysis(results)
  }

  /// A row for each moment: the largest batch that loses nothing, and the critical batch by progress.
  public var table: TextTable { BranchTables.moments(analysis) }

  /// A row for each branch of each seed, in full precision.
  public var resultsTable: TextTable { BranchTables.branches(results, analysis) }

  /// The report as a page.
  public var html: HTMLReport {
    let (plan, common) = (results.plan, results.plan.common)
    return HTMLReport(
      title: "What batch \(common.model) on \(common.data) can take in the course of training",
      subtitle:
        "\(results.trials.count) of \(plan.trials.count) pilots at batch \(plan.pilotBatch), each with branches at "
        + "\(Sentence.list(plan.multiples.map(String.init))) times that batch from "
        + "\(NumberFormat.count(plan.moments.count, "moment")), \(NumberFormat.count(plan.length, "example")) a branch, "
        + "the rate by \(Sentence.list(plan.rules.map(\.description))); \(common.recipe.optimizer).",
      findings: findings, sections: analysis.moments.isEmpty ? [] : sections,
      circumstances: StudyCircumstances.list(results), json: results.json)
  }

  private var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section("In the course of training", charts: [courseChart], tables: [table]),
      HTMLReport.Section("The loss of branches", charts: [lossChart].compactMap { $0 }),
      HTMLReport.Section("The progress of branches", charts: [progressChart].compactMap { $0 }),
      HTMLReport.Section("How to read this", paragraphs: definitions),
    ].filter { !$0.charts.isEmpty || !$0.paragraphs.isEmpty }
  }

  /// What the words of the report mean, where they come from, and where they fail.
  private var definitions: [String] {
    let tolerance = NumberFormat.percent(results.plan.tolerance)
    return [
      "A branch takes the pilot's weights, optimizer state and place in the data, and goes on with another batch size, its "
        + "rate scaled by a rule; of several rules the one with the least mean loss over the seeds counts. All branches of a moment see the same \(NumberFormat.count(results.plan.length, "example")). "
        + "Their loss is that of the first \(NumberFormat.count(results.plan.evaluatedCount, "training example")), so that only "
        + "the weights differ; the loss at the end is the mean of the last five evaluations out of "
        + "\(BranchPlan.leastUpdates).",
      "The local critical batch is the largest whose loss at the end is at most \(tolerance) above the least of the smaller "
        + "ones (Merrill and others 2025, \"Critical batch size revisited\", who take a difference of 0.01 and one rule). Sizes between "
        + "those tried count as the smaller. Values are medians over the seeds, brackets 95 % intervals of the mean "
        + "logarithm by Student's t, cut at the sizes tried.",
      "The share of progress is read off the loss of the branch at the pilot's batch: where it had the loss that the larger "
        + "one ends with. If S(B) = S_min(1 + B_c/B) updates reach a goal (McCandlish and others 2018, arXiv 1812.06162, §2), "
        + "a branch at k times the batch B makes r = (B + B_c)/(kB + B_c) of the progress; B_c is fitted to the logarithms of "
        + "r by least squares, its interval by leaving out each seed in turn and by the scatter of the branches about the fit, "
        + "cut at a tenth of the pilot's batch and ten times the largest, beyond which these sizes tell nothing. "
        + "A branch whose updates make less progress than the pilot's is left out: with the right rate that cannot be, and "
        + "then all rules are at fault.",
      "Both say what these weights can take at the pilot's rate, scaled by these rules, over so short a stretch. A pilot "
        + "whose rate is too low can take larger batches than a tuned one; where every rule scales the rate too far, large "
        + "batches look worse than they are; one that scales it less than the noise falls gives large batches the gain of "
        + "a decayed rate, so that they may look better. Momentum brings the pilot's direction along for the first updates of "
        + "a branch. Where the tolerance is half of what the pilot's batch gains or more, the first rule tells little.",
    ]
  }

  /// `18 branches`, and how many of them diverged.
  public static func sentence(_ outcome: BranchOutcome) -> String {
    let ends = outcome.moments.flatMap { $0 }
    let diverged = ends.count { $0.loss == nil }
    let text =
      (ends.count == 1 ? "1 branch" : "\(NumberFormat.grouped(ends.count)) branches")
      + (diverged > 0 ? ", \(NumberFormat.grouped(diverged)) of them diverged" : "")
    return outcome.pilotDivergedAtUpdate.map { "\(text); the pilot diverged at update \(NumberFormat.grouped($0))" }
      ?? text
  }
}

extension BranchReport {
  /// What was found, a sentence each, with intervals.
  public var findings: [String] {
    var sentences = analysis.moments.compactMap(sentence)
    if let (median, deviation) = analysis.criticalBatch {
      let factor = Self.factor(deviation)
      sentences.append(
        factor < Self.tellingFactor
          ? "Over the moments the progress of branches asks for a critical batch of about "
            + "\(NumberFormat.significant(median, digits: 2)), give or take a factor of "
            + "\(NumberFormat.significant(factor, digits: 2)) (95 %)."
          : "The progress of branches does not tell the critical batch: it scatters by more than a factor of "
            + "\(NumberFormat.whole(Self.tellingFactor)) either way.")
    }
    let blunt = analysis.moments.filter { $0.toleranceShare ?? 0 >= 0.5 }
    if !blunt.isEmpty {
      sentences.append(
        "At epoch \(Sentence.list(blunt.map { Self.epoch($0) })) the tolerance is half or more of what the pilot's batch "
          + "gains, so that losing nothing says little there; longer branches would say more.")
    }
    if results.trials.count == 1 {
      sentences.append("One seed has no spread: nothing here has an interval over seeds.")
    }
    for moment in analysis.moments {
      let diverged = moment.branches.filter { $0.divergedCount > 0 }
      guard !diverged.isEmpty else { continue }
      sentences.append(
        "At epoch \(Self.epoch(moment)) branches at batch \(Sentence.list(diverged.map { String($0.batchSize) })) diverged "
          + "with some seed or all.")
    }
    for result in results.trials {
      guard let update = result.outcome.pilotDivergedAtUpdate else { continue }
      sentences.append("The pilot of seed \(result.trial.seed) diverged at update \(NumberFormat.grouped(update)).")
    }
    return sentences + StudyCircumstances.reservations(results)
  }

  /// What a moment can take, by both measures; nil where there is no number of either.
  private func sentence(_ moment: BranchAnalysis.Moment) -> String? {
    guard let local = moment.localCriticalBatch else { return nil }
    let loses =
      moment.isBeyond
      ? "no batch tried loses anything, so that the local critical batch is \(NumberFormat.whole(local.value)) or more"
      : "the largest batch that loses nothing is \(IntervalFormat.number(local.value, local.interval))"
    return "At epoch \(Self.epoch(moment)) \(loses); by the progress of branches the critical batch "
      + "\(Self.text(moment.progressCriticalBatch))."
  }

  /// What branches say of a critical batch, as the end of a sentence.
  static func text(_ reading: CriticalBatchReading) -> String {
    switch reading {
    case .known(let value, let interval): "is \(IntervalFormat.number(value, interval))"
    case .above(let value): "is above \(NumberFormat.significant(value, digits: 2)), beyond what these sizes can tell"
    case .below(let value): "is below \(NumberFormat.significant(value, digits: 2)), less than these sizes can tell"
    case .unknown(let reason): "cannot be told: \(reason)"
    }
  }

  /// The factor either way that 95 % of a log-normal distribution lie within.
  private static func factor(_ logDeviation: Double) -> Double { exp(1.96 * logDeviation) }

  /// What is known no better is not known.
  private static var tellingFactor: Double { 100 }

  static func epoch(_ moment: BranchAnalysis.Moment) -> String { NumberFormat.significant(moment.epoch, digits: 2) }
}
