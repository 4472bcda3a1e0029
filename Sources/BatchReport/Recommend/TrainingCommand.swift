import BatchFoundation
import BatchScience

/// The command that trains as a recommendation says: that of the recommendation with what it asks for in place of what it
/// answers.
enum TrainingCommand {
  /// Options of the recommendation alone, each with a value.
  private static let own: Set<String> = [
    "--goal", "--budget", "--effort", "--memory", "--batch", "--lr", "--epochs", "--output", "-o", "--format",
    "--workers", "--bandwidth", "--latency", "--micro-batch", "--last-batch",
  ]
  private static let ownFlags: Set<String> = ["--quiet", "-q", "--no-quiet", "--dry-run", "--no-dry-run"]

  /// The command; nil without an answer, or where the recommendation was not asked for by a command.
  static func text(for answer: Recommendation, _ results: StudyResults<RecommendPlan>) -> String? {
    let arguments = results.description.arguments
    guard arguments.first == RecommendPlan.kind, let batch = answer.updateBatch, let rate = answer.learningRate,
      let updates = updates(answer, results.plan),
      // What a file of options asks for is not known here.
      !arguments.contains(where: { $0 == "--config" || $0.hasPrefix("--config=") })
    else { return nil }
    var kept: [String] = []
    var index = 1
    while index < arguments.count {
      let argument = arguments[index]
      let name = String(argument.prefix { $0 != "=" })
      index += 1
      if ownFlags.contains(argument) { continue }
      if own.contains(name) {
        if name == argument { index += 1 }
        continue
      }
      kept.append(quoted(argument))
    }
    let count = Double(max(1, results.plan.common.exampleCounts.first ?? 1))
    let epochs = min(1e9, max(1, (updates * Double(batch) / count).rounded(.up)))
    var words = ["batchwise train"] + kept
    words += ["--batch \(batch)", "--lr \(SettingNumber.plain(rate))", "--epochs \(SettingNumber.plain(epochs))"]
    words.append("--last-batch \(results.plan.common.lastBatch.rawValue)")
    if let micro = answer.microBatch, micro < batch { words.append("--micro-batch \(micro)") }
    return words.joined(separator: " ")
  }

  /// The updates within which 95 of 100 seeds get there, or those of the budget.
  private static func updates(_ answer: Recommendation, _ plan: RecommendPlan) -> Double? {
    guard plan.target.goal == nil, let batch = answer.updateBatch, let seconds = answer.seconds,
      let steps = answer.steps
    else { return answer.singleRunSteps?.high }
    return plan.target.updates(
      batch: batch, secondsPerStep: seconds.value / steps.value, exampleCount: plan.common.exampleCounts.first ?? 1)
  }

  /// As a shell takes it.
  private static func quoted(_ word: String) -> String {
    word.wholeMatch(of: #/[A-Za-z0-9_.,:=\/+@%-]+/#) != nil ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
