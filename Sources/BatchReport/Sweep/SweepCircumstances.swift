import BatchProfiling
import BatchScience
import BatchTraining

/// What a sweep was run with, as names and values.
enum SweepCircumstances {
  static func list(_ results: SweepResults) -> [(name: String, value: String)] {
    let plan = results.plan
    let parameters = results.trials.first.map { NumberFormat.grouped($0.start.parameters) } ?? NumberFormat.missing
    return [
      ("Data", data(plan)), ("Model", "\(plan.model), \(parameters) parameters"),
      ("Loss", plan.loss.rawValue), ("Optimizer", plan.recipe.optimizer.description),
      ("Schedule", plan.recipe.schedule.description), ("Warm-up", plan.recipe.warmUpText),
      ("Rule for the rate", plan.recipe.ruleText), ("Batch schedule", plan.batchSchedule.description),
      ("Short last batch", plan.lastBatch.rawValue), ("Micro-batch", microBatch(plan)),
      ("Regularisation", regularisation(plan.regularisation)),
      ("Seeds", plan.seeds.map(String.init).joined(separator: ", ")),
    ]
      + machine(
        results.description.environment, threads: plan.threads, arguments: results.description.arguments)
  }

  /// How many examples go through the network at once.
  static func microBatch(_ plan: SweepPlan) -> String {
    plan.microBatch.map { NumberFormat.count($0, "example") } ?? "the whole batch"
  }

  /// What is on, beside the model's own dropout and the optimizer's own decay.
  static func regularisation(_ settings: Regularisation) -> String {
    let parts = [
      settings.clipping.map { "clipping \($0)" },
      settings.labelSmoothing > 0 ? "label smoothing \(NumberFormat.plain(settings.labelSmoothing))" : nil,
      settings.averaging.map { "averaging \($0)" }, settings.earlyStopping.map { "early stopping \($0)" },
    ].compactMap { $0 }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  /// The data, the sizes of their parts, and their fingerprint.
  static func data(_ plan: SweepPlan) -> String {
    "\(plan.data): \(plan.exampleCounts.map(NumberFormat.grouped).joined(separator: " / ")) examples for training, "
      + "validation and test; fingerprint \(plan.dataFingerprint)"
  }

  /// Where and how the study was begun.
  static func machine(
    _ machine: MachineEnvironment, threads: Int, arguments: [String]
  ) -> [(name: String, value: String)] {
    [
      (
        "Processor",
        "\(machine.processor), \(machine.processors) available, \(NumberFormat.count(threads, "thread")) used, "
          + machine.instructionSet
      ),
      ("OpenBLAS", "\(machine.blas), core \(machine.blasCore), \(machine.blasThreading), 1 thread beneath the team"),
      ("System", machine.system), ("Load at the start", NumberFormat.fixed(machine.load, decimals: 2)),
      ("Begun", machine.date), ("Version", "batchwise \(machine.version)"),
      ("Command", "batchwise " + arguments.joined(separator: " ")),
    ]
  }
}
