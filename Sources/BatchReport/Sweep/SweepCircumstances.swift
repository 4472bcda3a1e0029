import BatchProfiling
import BatchScience

/// What a sweep was run with, as names and values.
enum SweepCircumstances {
  static func list(_ results: SweepResults) -> [(name: String, value: String)] {
    let plan = results.plan
    let machine = results.description.environment
    let parameters = results.trials.first.map { NumberFormat.grouped($0.start.parameters) } ?? NumberFormat.missing
    return [
      (
        "Data",
        "\(plan.data): \(plan.exampleCounts.map(NumberFormat.grouped).joined(separator: " / ")) examples for training, validation and test; fingerprint \(plan.dataFingerprint)"
      ),
      ("Model", "\(plan.model), \(parameters) parameters"),
      ("Loss", plan.loss.rawValue), ("Optimizer", plan.recipe.optimizer.description),
      ("Schedule", plan.recipe.schedule.description), ("Warm-up", plan.recipe.warmUpText),
      ("Rule for the rate", plan.recipe.ruleText), ("Batch schedule", plan.batchSchedule.description),
      ("Short last batch", plan.lastBatch.rawValue), ("Seeds", plan.seeds.map(String.init).joined(separator: ", ")),
      (
        "Processor",
        "\(machine.processor), \(machine.processors) available, \(plan.threads) threads used, \(machine.instructionSet)"
      ),
      ("OpenBLAS", "\(machine.blas), core \(machine.blasCore), \(machine.blasThreading), 1 thread beneath the team"),
      ("System", machine.system), ("Load at the start", NumberFormat.fixed(machine.load, decimals: 2)),
      ("Begun", machine.date), ("Version", "batchwise \(machine.version)"),
      ("Command", "batchwise " + results.description.arguments.joined(separator: " ")),
    ]
  }
}
