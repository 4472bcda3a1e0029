import BatchProfiling
import BatchScience
import BatchTraining

/// What a rules study was run with, as names and values.
enum RulesCircumstances {
  static func list(_ results: RulesResults) -> [(name: String, value: String)] {
    let (plan, common) = (results.plan, results.plan.common)
    let first = results.entries.lazy.compactMap(\.trials.first).first
    let parameters = first.map { NumberFormat.grouped($0.start.parameters) } ?? NumberFormat.missing
    return [
      ("Data", SweepCircumstances.data(common)), ("Model", "\(common.model), \(parameters) parameters"),
      ("Loss", common.loss.rawValue), ("Optimizer", common.recipe.optimizer.description),
      ("Schedule", common.recipe.schedule.description), ("Base batch", "\(plan.baseBatch)"),
      ("Rules for the rate", plan.rules.map(\.description).joined(separator: ", ")),
      ("Warm-up", plan.warmUp?.description ?? "none"), ("Batch schedule", common.batchSchedule.description),
      ("Short last batch", common.lastBatch.rawValue), ("Micro-batch", SweepCircumstances.microBatch(common)),
      ("Regularisation", SweepCircumstances.regularisation(common.regularisation)),
      ("Seeds", common.seeds.map(String.init).joined(separator: ", ")),
    ]
      + SweepCircumstances.machine(
        results.description.environment, threads: common.threads, arguments: results.description.arguments)
  }
}
