import BatchFoundation
public import BatchScience

/// The report of a test of a recommendation: the true time to the goal over the foretold one, and the regret.
public struct VerifyReport: StudyReport {
  let results: StudyResults<VerifyPlan>
  let analysis: VerifyAnalysis

  /// The report of what is there of a test.
  public init(_ results: StudyResults<VerifyPlan>) {
    self.results = results
    analysis = VerifyAnalysis(results)
  }

  private var recommendation: Recommendation { results.plan.recommendation }

  /// A row for each batch size: what was foretold and what was found.
  public var table: TextTable {
    let foretold = Dictionary(recommendation.candidates.map { ($0.batch, $0) }) { first, _ in first }
    typealias Size = StepsToGoalAnalysis.Size
    return TextTable(
      analysis.sizes,
      fields: [
        .integer("batch_size", "batch size") { $0.batch },
        .text("recommended", "recommended") { [analysis] size in
          size.batch == analysis.recommended?.batch && size.best?.point == analysis.recommended?.best?.point
            ? "yes" : nil
        },
        .number("learning_rate", "rate", { $0.best?.point.learningRate }, as: NumberFormat.plain),
        .number("steps", "updates", { $0.meanSteps }) { NumberFormat.significant($0, digits: 3) },
        TableField("foretold_steps", "foretold") { size in
          .number(foretold[size.batch]?.steps.value) { _ in foretold[size.batch].map { GoalText.number($0.steps) } ?? ""
          }
        },
        .number("seconds", "training time", { $0.meanSeconds }, as: NumberFormat.duration),
        TableField("foretold_seconds", "foretold") { size in
          .number(foretold[size.batch]?.seconds.value) { _ in
            foretold[size.batch].map { GoalText.duration($0.seconds) } ?? ""
          }
        },
        .number("regret", "over the best", { VerifyAnalysis.regret(of: $0, among: analysis.sizes)?.value }) {
          "+\(NumberFormat.percent($0, decimals: 0))"
        },
        .integer("seeds", "seeds") { $0.runs.count + $0.lostCount },
        .integer("lost", "not there") { $0.lostCount },
      ])
  }

  /// A row for each run, in full precision.
  public var resultsTable: TextTable { StepsToGoalTables.runs(results) }

  /// The report as a page.
  public var html: HTMLReport {
    let common = results.plan.common
    return HTMLReport(
      title: (results.isFinished ? "" : "So far: ")
        + "Was batch \(recommendation.updateBatch ?? 0) right? \(common.model) on \(common.data)",
      subtitle: "\(NumberFormat.count(results.trials.count, "training run")) at batch sizes "
        + "\(common.batchSizes.map(String.init).joined(separator: ", ")), a rate tuned for each, to "
        + "\(GoalText.goal(results.plan.runs.goal)).",
      findings: findings,
      sections: [
        HTMLReport.Section("The truth over the foretold", charts: [chart], tables: [table]),
        HTMLReport.Section("How to read this", paragraphs: definitions),
      ], circumstances: StudyCircumstances.list(results), json: results.json)
  }

  private var definitions: [String] {
    [
      "The recommended batch is trained at the recommended rate, every size at the best rate of a search like the "
        + "recommendation's, with seeds that it has not seen. The first seed serves the search; the truth is the mean over "
        + "the others. Where a run does not get to the goal its updates count as well, for it is given up and another seed "
        + "taken: the mean is all updates over the number of runs that got there.",
      "Regret is the time of what is recommended over the least that was found, less 1; its interval is 95 %, over the "
        + "seeds, paired where they are the same.",
      "What was foretold is the 90 % interval of the recommendation, for the mean over seeds.",
    ]
  }

  /// What was found, a sentence each, with intervals.
  public var findings: [String] {
    var sentences: [String] = []
    if let regret = analysis.regret, let batch = recommendation.updateBatch {
      let rate = regret.learningRate.map { " at a rate of \(NumberFormat.plain($0))" } ?? ""
      sentences.append(
        regret.best == batch
          && regret.value <= 0
          ? "Batch \(batch) is the fastest of those that were tried, at the recommended rate: no regret."
          : "Batch \(regret.best)\(rate) is faster than the recommended \(batch): the regret is "
            + "\(IntervalFormat.percent(regret.value, regret.interval))"
            + (regret.interval.map { $0.lowerBound <= 0 ? ", which the seeds do not tell from none." : "." } ?? "."))
    }
    if let holds = analysis.holdsSeconds, let seconds = analysis.recommended?.meanSeconds {
      sentences.append(
        "The training took \(IntervalFormat.duration(seconds, trueSeconds)) in the mean over seeds at the recommended rate, "
          + agreement(holds, trueSeconds, recommendation.seconds)
          + ", \(recommendation.seconds.map(GoalText.duration) ?? "").")
    }
    if let holds = analysis.holdsSteps, let steps = analysis.recommended?.meanSteps {
      sentences.append(
        "It took \(IntervalFormat.number(steps, trueSteps)) updates, "
          + agreement(holds, trueSteps, recommendation.steps)
          + ", \(recommendation.steps.map(GoalText.number) ?? "").")
    }
    if let now = analysis.recommended?.secondsPerStep?.value, let seconds = recommendation.seconds?.value,
      let steps = recommendation.steps?.value, let change = Self.change(now * steps / seconds)
    {
      sentences.append(
        "A step takes \(change) as when the recommendation was made: the machine is not what it was then.")
    }
    if let recommended = analysis.recommended, recommended.runs.isEmpty {
      sentences.append(
        "What is recommended did not reach the goal with any of \(NumberFormat.count(recommended.lostCount, "seed")).")
    }
    sentences += StepsToGoalText.lost(analysis.sizes)
    if analysis.spentSeconds > 0 {
      sentences.append(
        "The recommendation took \(NumberFormat.duration(recommendation.spentSeconds)), this test "
          + "\(NumberFormat.duration(analysis.spentSeconds)).")
    }
    return sentences + StudyCircumstances.reservations(results)
  }

  /// The 95 % interval of the mean updates over the seeds of the test; nil below two.
  private var trueSteps: ClosedRange<Double>? {
    // Few runs of which some got lost scatter far.
    analysis.recommended?.stepsInterval.map { max(0, $0.lowerBound)...$0.upperBound }
  }

  /// The same of the seconds; nil where its steps were not timed, too.
  private var trueSeconds: ClosedRange<Double>? {
    guard let steps = trueSteps, let step = analysis.recommended?.secondsPerStep?.value else { return nil }
    return steps.lowerBound * step...steps.upperBound * step
  }

  /// A ratio of times that is more than noise, in words; nil for others.
  private static func change(_ ratio: Double) -> String? {
    guard ratio > 1.2 || ratio < 1 / 1.2 else { return nil }
    return "\(NumberFormat.significant(ratio, digits: 2)) times as long"
  }

  /// Where a mean lies against what was foretold; few seeds may not tell.
  private func agreement(_ holds: Bool, _ truth: ClosedRange<Double>?, _ foretold: CredibleEstimate?) -> String {
    if holds { return "inside the interval that was foretold" }
    let outside = "outside the interval that was foretold"
    guard let truth, let foretold else { return outside + " (one run, without spread)" }
    return outside
      + (GoalText.interval(foretold).overlaps(truth) ? " by no more than the seeds of this test may be off" : "")
  }

  /// The true times over the foretold curve.
  private var chart: Chart {
    let curve = recommendation.candidates.map {
      Series.Point(
        x: Double($0.batch), y: $0.seconds.value,
        interval: GoalText.interval($0.seconds))
    }
    let runs = analysis.sizes.flatMap { size in
      size.runs.compactMap { run in
        size.secondsPerStep.map {
          Series.Point(
            x: Double(run.batch), y: run.steps * $0.value, note: "seed \(run.seed)", isHollow: run.isLowerBound)
        }
      }
    }
    let means = analysis.sizes.compactMap { size in
      size.meanSeconds.map { Series.Point(x: Double(size.batch), y: $0) }
    }
    return Chart(
      question: "Does the true time to the goal lie where it was foretold?",
      answer: findings.first ?? "", y: Axis("training time to the goal", scale: .log10, format: .seconds),
      panels: [
        Chart.Panel(
          x: Axis("batch size", scale: .log2),
          series: [
            Series("foretold, with its 90 % band", style: .line, color: .category(0), isLabelled: true, points: curve),
            Series("runs", style: .faintDots, color: .neutral, isLabelled: true, points: runs),
            Series("their mean", style: .dottedLine, color: .category(1), isLabelled: true, points: means),
          ].filter { !$0.points.isEmpty })
      ], names: .above)
  }
}
