import BatchFoundation
public import BatchScience

/// The tables of a recommendation.
public enum RecommendTables {
  /// What a recommendation times and trains at most.
  public static func plan(_ plan: RecommendPlan) -> TextTable {
    let rows: [(String, String)] = [
      ("asked for", plan.target.description), ("effort", plan.effort.rawValue),
      ("batch sizes", plan.common.batchSizes.map(String.init).joined(separator: ", ")),
      ("timing of steps", "up to \(NumberFormat.duration(plan.timingSeconds))"),
      ("training", "up to \(NumberFormat.duration(plan.effort.trainingSeconds)) on a quiet machine"),
      ("epochs of a run", "up to \(plan.common.epochs)"),
      (
        "at once through the network",
        plan.common.microBatch.map { "up to \(NumberFormat.count($0, "example"))" } ?? "every batch as a whole"
      ),
    ]
    return TextTable(rows, fields: [.text("quantity", "") { $0.0 }, .text("value", "") { $0.1 }])
  }

  private struct Row {
    var key: String
    var title: String
    var text: String
    var value: Double?
    var low: Double?
    var high: Double?
  }

  /// The answer, a row a quantity.
  static func answer(_ answer: Recommendation, isFinished: Bool = true) -> TextTable {
    var rows: [Row] = []
    func add(_ key: String, _ title: String, _ text: String?, _ value: Double? = nil, _ range: (Double, Double)? = nil)
    {
      guard let text else { return }
      rows.append(Row(key: key, title: title, text: text, value: value, low: range?.0, high: range?.1))
    }
    func add(_ key: String, _ title: String, _ estimate: CredibleEstimate?, _ text: (CredibleEstimate) -> String) {
      add(key, title, estimate.map(text), estimate?.value, estimate.map { ($0.low, $0.high) })
    }
    add("verdict", "verdict", answer.verdict == .answer ? "answer" : "not enough evidence")
    add("shortage", "because", answer.shortage)
    add("finished", "finished", isFinished ? nil : "no")
    add(
      "update_batch", "update batch", answer.updateBatch.map(NumberFormat.grouped), answer.updateBatch.map(Double.init))
    add("micro_batch", "micro-batch", answer.microBatch.map(NumberFormat.grouped), answer.microBatch.map(Double.init))
    add("learning_rate", "learning rate", answer.learningRate.map(NumberFormat.plain), answer.learningRate)
    add("seconds", "training time to the goal", answer.seconds, GoalText.duration)
    add("steps", "updates", answer.steps, GoalText.number)
    add("examples", "examples", answer.examples, GoalText.number)
    add(
      "within_10_percent", "within 10 %", answer.within10Percent.map { "\($0.low) to \($0.high)" }, nil,
      answer.within10Percent.map { (Double($0.low), Double($0.high)) })
    add("critical_batch", "critical batch", answer.criticalBatch, GoalText.number)
    add("spent_seconds", "time spent on the answer", NumberFormat.duration(answer.spentSeconds), answer.spentSeconds)
    return TextTable(
      rows,
      fields: [
        .text("quantity", "", { $0.title }),
        TableField("value", "") { row in row.value.map { value in .number(value) { _ in row.text } } ?? .text(row.text)
        },
        .machine("low", \.low), .machine("high", \.high),
      ])
  }

  /// A row for each candidate.
  static func candidates(_ analysis: RecommendationAnalysis) -> TextTable {
    typealias Candidate = BatchDecision.Candidate
    func estimate(
      _ key: String, _ title: String, _ path: KeyPath<Candidate, CredibleEstimate>,
      _ text: @escaping (CredibleEstimate) -> String
    ) -> [TableField<Candidate>] {
      [
        TableField(key, title) { candidate in
          .number(candidate[keyPath: path].value) { _ in text(candidate[keyPath: path]) }
        }
      ]
        + TableField.ends(key) { $0[keyPath: path].low...$0[keyPath: path].high }
    }
    return TextTable(
      analysis.decision?.candidates ?? [],
      fields: [.integer("batch_size", "batch size") { $0.batch }]
        + [
          .number(
            "seconds_per_step", "time of a step", { analysis.times?.median(at: $0.batch) }, as: NumberFormat.duration),
          .number("expected_seconds", "expected time", { $0.expectedSeconds }, as: NumberFormat.duration),
        ] + estimate("seconds", "time to the goal", \.seconds, GoalText.duration)
        + estimate("steps", "updates", \.steps, GoalText.number)
        + estimate("examples", "examples", \.examples, GoalText.number)
        + [
          .number("probability_of_best", "best in", { $0.probabilityOfBest }) { NumberFormat.percent($0, decimals: 0) }
        ])
  }

  /// A row for each other criterion.
  static func rivals(_ answer: Recommendation) -> TextTable {
    TextTable(
      answer.rivals,
      fields: [
        .text("criterion", "criterion") { $0.criterion },
        TableField("batch_size", "batch size") { $0.batch.map { .integer($0) } ?? .missing },
        .number("expected_seconds", "expected time", { $0.expectedSeconds }, as: NumberFormat.duration),
        TableField("cost_ratio", "over the least") { rival in
          .number(rival.costRatio?.value) { _ in rival.costRatio.map(GoalText.number) ?? "" }
        },
        .text("reason", "why") { $0.reason },
      ])
  }

  /// A row for each number of workers.
  public static func cluster(_ cost: ClusterCost) -> TextTable {
    TextTable(
      cost.points,
      fields: [
        .integer("workers", "workers") { $0.workers }, .integer("batch_size", "batch of all") { $0.batch },
        TableField("seconds", "time to the goal") { point in
          .number(point.seconds.value) { _ in GoalText.duration(point.seconds) }
        },
      ] + TableField.ends("seconds") { $0.seconds.low...$0.seconds.high } + [
        TableField("speed_up", "speed-up") { point in
          .number(point.speedUp.value) { _ in GoalText.number(point.speedUp) }
        }
      ] + TableField.ends("speed_up") { $0.speedUp.low...$0.speedUp.high })
  }
}
