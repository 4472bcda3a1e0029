import BatchFoundation
public import BatchScience
import BatchTraining

/// The report of a recommendation: the answer, the time to the goal by batch size, and what the answer rests on.
public struct RecommendReport: StudyReport {
  let results: StudyResults<RecommendPlan>
  let analysis: RecommendationAnalysis
  /// Whether no run is still to come.
  private let isFinished: Bool

  /// The report of what is there of a recommendation.
  public init(_ results: StudyResults<RecommendPlan>) {
    self.results = results
    analysis = RecommendationAnalysis(results)
    isFinished = results.isFinished
  }

  /// The answer, with the command that trains so.
  public var recommendation: Recommendation {
    var answer = analysis.recommendation
    answer.command = TrainingCommand.text(for: answer, results)
    return answer
  }

  /// The answer as JSON, whether it is `finished`, and under `cluster` what several workers would make of it, where that is given.
  public func json(with cluster: ClusterCost? = nil) -> String {
    RecordJSON.text(Document(answer: recommendation, isFinished: isFinished, cluster: cluster))
  }

  /// The answer, as `recommendation.json`.
  public var documents: [String: String] { ["recommendation.json": json() + "\n"] }

  private struct Document: Encodable {
    let answer: Recommendation
    let isFinished: Bool
    let cluster: ClusterCost?

    private enum Key: String, CodingKey {
      case finished, cluster
    }

    func encode(to encoder: any Encoder) throws {
      try answer.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(isFinished, forKey: .finished)
      try container.encodeIfPresent(cluster, forKey: .cluster)
    }
  }

  /// What several workers would make of it, each of them this machine, in a network; nil where there is no answer.
  ///
  /// Extrapolated: of the machine itself one alone was measured.
  ///
  /// - Throws: ``/BatchScience/CostEvidenceError`` for workers or a network that cannot be.
  public func cluster(
    workers: [Int], network: ClusterCost.Network
  ) throws(CostEvidenceError) -> ClusterCost? {
    guard let decision = analysis.decision, let answer = analysis.recommendation.updateBatch,
      let parameters = results.trials.first?.outcome.parameters
    else { return nil }
    return try ClusterCost(
      decision, answer: answer, workers: workers, byteCount: 4 * parameters, network: network,
      largestBatch: results.plan.common.exampleCounts.first ?? .max)
  }

  /// The answer, a row a quantity.
  public var table: TextTable { RecommendTables.answer(recommendation, isFinished: isFinished) }

  /// A row for each candidate: time, updates and examples to the goal, in full precision.
  public var resultsTable: TextTable { RecommendTables.candidates(analysis) }

  /// The report as a page.
  public var html: HTMLReport {
    let common = results.plan.common
    return HTMLReport(
      title: (isFinished ? "" : "So far: ") + RecommendText.headline(recommendation, results.plan),
      subtitle: "\(common.model) on \(common.data), \(common.recipe.optimizer.description.prefix { $0 != "," }): "
        + RecommendText.evidence(analysis, results) + ".",
      findings: findings, sections: sections, circumstances: StudyCircumstances.list(results), json: results.json)
  }

  /// What was found, a sentence each, with intervals.
  public var findings: [String] {
    let findings = RecommendText.findings(recommendation, analysis, results)
    let reservations = StudyCircumstances.reservations(results)
    // Before the answer, where it may still be another one.
    return isFinished ? findings + reservations : reservations + findings
  }

  private var sections: [HTMLReport.Section] {
    [
      HTMLReport.Section("Time to the goal", charts: [timeChart].compactMap { $0 }, tables: [table]),
      HTMLReport.Section(
        "What others would have chosen",
        tables: recommendation.rivals.isEmpty ? [] : [RecommendTables.rivals(recommendation)]),
      HTMLReport.Section(
        "What the answer rests on", charts: [stepsChart, stepTimeChart, noiseChart].compactMap { $0 }),
      HTMLReport.Section("How to read this", paragraphs: definitions),
    ].filter { !$0.charts.isEmpty || !$0.paragraphs.isEmpty || !$0.tables.isEmpty }
  }

  /// What the words of the report mean.
  private var definitions: [String] {
    [
      "Time to the goal is the number of updates times the time of a step on the quiet machine; evaluations are not "
        + "counted. Brackets and bands hold 90 %: of the time that a training with this batch and its best rate takes on "
        + "average over seeds.",
      "The updates follow about S(B) = S_min (1 + B_c/B): beyond the critical batch B_c more examples buy few fewer updates "
        + "(McCandlish et al. 2018, arXiv 1812.06162; Shallue et al. 2019, arXiv 1811.03600). All evidence goes into one "
        + "posterior of S_min and B_c: tuned runs as measurements, the noise scale with the scatter that the "
        + "literature shows between it and the critical batch, a factor of 3 either way about 0.4 of the run's median, "
        + "and of 10 with optimizers such as Adam. The form itself may be off by about 4 %, and its knee is a little "
        + "sharper.",
      "The chosen batch has the least expected time under that posterior and the intervals of the step times; one that "
        + "was trained with is preferred over one within 3 % that was not. Runs that fall far behind the fastest are given "
        + "up, and count as taking longer than they were given.",
      "The learning rate is constant. At each batch size it is the best of a guess, half and twice of it, and on in the "
        + "direction that is better.",
    ]
  }
}

/// How runs to a goal are told.
enum GoalText {
  /// `1,240 updates to the goal`, or why it was not reached.
  static func sentence(_ outcome: GoalOutcome) -> String {
    switch outcome.end {
    case .reached: "\(NumberFormat.whole(outcome.stepsToGoal ?? .nan)) updates to the goal"
    case .outOfUpdates: "not there after \(NumberFormat.count(outcome.updates, "update"))"
    case .behind: "given up after \(NumberFormat.count(outcome.updates, "update")), far behind"
    case .diverged: "diverged at update \(NumberFormat.grouped(outcome.updates + 1))"
    }
  }

  /// `95 % accuracy`, `a training loss of 0.15`.
  static func goal(_ goal: TrainingGoal) -> String {
    switch goal.measure {
    case .accuracy: "\(NumberFormat.percent(goal.value, decimals: 1).replacing(".0 ", with: " ")) accuracy"
    case .trainingLoss: "a training loss of \(NumberFormat.significant(goal.value, digits: 3))"
    case .validationLoss: "a validation loss of \(NumberFormat.significant(goal.value, digits: 3))"
    }
  }

  /// The 90 % interval as a chart takes it, about the value.
  static func interval(_ estimate: CredibleEstimate) -> ClosedRange<Double> {
    min(estimate.low, estimate.value)...max(estimate.high, estimate.value)
  }

  /// An estimate with its 90 % interval.
  static func number(_ estimate: CredibleEstimate) -> String {
    IntervalFormat.number(estimate.value, estimate.low...estimate.high)
  }

  /// A duration with its 90 % interval.
  static func duration(_ estimate: CredibleEstimate) -> String {
    IntervalFormat.duration(estimate.value, estimate.low...estimate.high)
  }
}
