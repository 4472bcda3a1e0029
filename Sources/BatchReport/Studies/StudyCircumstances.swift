import BatchAlgebra
import BatchProfiling
import BatchScience
import BatchTraining

/// What a study was run with, as names and values.
enum StudyCircumstances {
  /// A sweep's.
  static func list(_ results: StudyResults<SweepPlan>) -> [(name: String, value: String)] {
    let plan = results.plan
    return task(results) + [
      ("Schedule", plan.recipe.schedule.description), ("Warm-up", plan.recipe.warmUpText),
      ("Rule for the rate", plan.recipe.ruleText),
    ] + settings(plan) + machine(results)
  }

  /// A study of rules'.
  static func list(_ results: StudyResults<RulesPlan>) -> [(name: String, value: String)] {
    let plan = results.plan
    return task(results) + [
      ("Schedule", plan.common.recipe.schedule.description), ("Base batch", "\(plan.baseBatch)"),
      ("Rules for the rate", plan.rules.map(\.description).joined(separator: ", ")),
      ("Warm-up", plan.warmUp?.description ?? "none"),
    ] + settings(plan.common) + machine(results)
  }

  /// What is trained.
  private static func task<Plan: TrainingStudyPlan>(
    _ results: StudyResults<Plan>
  ) -> [(name: String, value: String)] {
    let plan = results.plan.common
    let parameters = results.trials.first.map { NumberFormat.grouped($0.outcome.parameters) } ?? NumberFormat.missing
    return [
      ("Data", data(plan)), ("Model", "\(plan.model), \(parameters) parameters"),
      ("Loss", plan.loss.name), ("Optimizer", plan.recipe.optimizer.description),
    ]
  }

  /// How it is trained, but for what a study varies.
  private static func settings(_ plan: SweepPlan) -> [(name: String, value: String)] {
    [
      ("Batch schedule", plan.batchSchedule.description), ("Short last batch", plan.lastBatch.rawValue),
      ("Micro-batch", plan.microBatch.map { NumberFormat.count($0, "example") } ?? "the whole batch"),
      ("Regularisation", regularisation(plan.regularisation)),
      ("Seeds", plan.seeds.map(String.init).joined(separator: ", ")),
    ]
  }

  /// What is on, beside the model's own dropout and the optimizer's own decay.
  private static func regularisation(_ settings: Regularisation) -> String {
    let parts = [
      settings.clipping.map { "clipping \($0)" },
      settings.labelSmoothing > 0 ? "label smoothing \(NumberFormat.plain(settings.labelSmoothing))" : nil,
      settings.averaging.map { "averaging \($0)" }, settings.earlyStopping.map { "early stopping \($0)" },
    ].compactMap { $0 }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  /// The data, the sizes of their parts, and their fingerprint.
  private static func data(_ plan: SweepPlan) -> String {
    "\(plan.data): \(plan.exampleCounts.map(NumberFormat.grouped).joined(separator: " / ")) examples for training, "
      + "validation and test; fingerprint \(plan.dataFingerprint)"
  }

  /// Where, how and with what a study was begun.
  static func machine<Plan: StudyPlan>(_ results: StudyResults<Plan>) -> [(name: String, value: String)] {
    let study = results.description
    let (machine, context) = (study.environment, study.context)
    return [
      (
        "Processor",
        "\(machine.processor), \(machine.processors) available, \(NumberFormat.count(context.threads, "thread")) used, "
          + context.instructionSet.rawValue
      ),
      ("Engine", "\(context.engine.rawValue), \(context.precision.rawValue)"),
      ("OpenBLAS", "\(machine.blas), core \(machine.blasCore), \(machine.blasThreading), 1 thread beneath the team"),
      ("System", machine.system), ("Load at the start", NumberFormat.fixed(machine.load, decimals: 2)),
      ("Begun", machine.date), ("Version", "batchwise \(machine.version)"),
      ("Command", "batchwise " + study.arguments.joined(separator: " ")),
    ]
  }

  /// What of a study is not in the figures, in sentences.
  static func unfinished<Plan: StudyPlan>(_ results: StudyResults<Plan>) -> [String] {
    var sentences: [String] = []
    let (missing, strangers) = (results.missingCount, results.strangers.count)
    if missing > 0 {
      sentences.append(
        "\(NumberFormat.count(missing, "run")) \(missing == 1 ? "is" : "are") not finished; the figures are of those "
          + "that are.")
    }
    if strangers > 0 {
      sentences.append(
        "\(NumberFormat.count(strangers, "file")) of the folder \(strangers == 1 ? "was" : "were") measured for another "
          + "study and \(strangers == 1 ? "is" : "are") left out.")
    }
    return sentences
  }
}
