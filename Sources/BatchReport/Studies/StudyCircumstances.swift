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

  /// A study of the noise scale's.
  static func list(_ results: StudyResults<NoiseScalePlan>) -> [(name: String, value: String)] {
    let plan = results.plan
    return task(results) + [
      ("Schedule", plan.common.recipe.schedule.description),
      ("Learning rates", plan.learningRates.map(NumberFormat.plain).joined(separator: ", ")),
      ("Observed updates", plan.schedule.description),
      ("Exact noise scales", "\(plan.exactCount) a run"),
    ] + settings(plan.common) + machine(results)
  }

  /// A study of branches'.
  static func list(_ results: StudyResults<BranchPlan>) -> [(name: String, value: String)] {
    let plan = results.plan
    return task(plan.common, parameters: results.trials.first?.outcome.parameters) + [
      ("Schedule", plan.common.recipe.schedule.description), ("Warm-up", plan.common.recipe.warmUpText),
      ("Pilot", "batch \(plan.pilotBatch), \(NumberFormat.count(plan.common.epochs, "epoch"))"),
      ("Moments", plan.moments.map { NumberFormat.percent($0) }.joined(separator: ", ") + " of the run"),
      ("Branches", "\(NumberFormat.count(plan.length, "example")) each"),
      ("Rules for the rate of branches", plan.rules.map(\.description).joined(separator: ", ")),
      ("Tolerance", NumberFormat.percent(plan.tolerance)),
      ("Evaluated", "the first \(NumberFormat.count(plan.evaluatedCount, "training example"))"),
    ] + settings(plan.common) + machine(results)
  }

  /// A recommendation's.
  static func list(_ results: StudyResults<RecommendPlan>) -> [(name: String, value: String)] {
    let plan = results.plan
    return task(results) + [
      ("Asked for", plan.target.description), ("Effort", plan.effort.rawValue),
      ("Candidates", plan.common.batchSizes.map(String.init).joined(separator: ", ")),
    ] + settings(plan.common) + machine(results)
  }

  /// A study of steps to a goal's.
  static func list(_ results: StudyResults<StepsToGoalPlan>) -> [(name: String, value: String)] {
    let plan = results.plan
    return task(results) + [
      ("Goal", plan.goal.description), ("Search of a batch size", "up to \(plan.search.mostPoints) rates"),
      ("Most epochs of a run", "\(plan.common.epochs)"),
    ] + settings(plan.common) + machine(results)
  }

  /// A test of a recommendation's.
  static func list(_ results: StudyResults<VerifyPlan>) -> [(name: String, value: String)] {
    task(results) + [("Goal", results.plan.runs.goal.description)] + settings(results.plan.common) + machine(results)
  }

  private static func task<Plan: TrainingStudyPlan>(
    _ results: StudyResults<Plan>
  ) -> [(name: String, value: String)] {
    task(results.plan.common, parameters: results.trials.first?.outcome.parameters)
  }

  private static func task<Plan: GoalStudyPlan>(_ results: StudyResults<Plan>) -> [(name: String, value: String)] {
    task(results.plan.common, parameters: results.trials.first?.outcome.parameters)
  }

  /// What is trained.
  private static func task(_ plan: SweepPlan, parameters: Int?) -> [(name: String, value: String)] {
    let parameters = parameters.map(NumberFormat.grouped) ?? NumberFormat.missing
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
    let threads = "\(NumberFormat.count(context.threads, "thread")) used, \(context.instructionSet.rawValue)"
    return [
      ("Processor", "\(processors(results) ?? "\(machine.processor), \(machine.processors) available"), \(threads)"),
      ("Engine", "\(context.engine.rawValue), \(context.precision.rawValue)"),
      ("OpenBLAS", "\(machine.blas), core \(machine.blasCore), \(machine.blasThreading), 1 thread beneath the team"),
      ("System", machine.system), ("Load at the start", NumberFormat.fixed(machine.load, decimals: 2)),
      ("Begun", machine.date), ("Version", "batchwise \(machine.version)"),
      ("Command", "batchwise " + study.arguments.joined(separator: " ")),
    ]
  }

  /// The processors that a study's trials ran on, where they are not all the one on which it was begun, each with the
  /// number of its trials; nil where they are.
  private static func processors<Plan: StudyPlan>(_ results: StudyResults<Plan>) -> String? {
    let first = text(results.description.environment)
    let counts = Dictionary(results.trials.map { (text($0.start.environment), 1) }, uniquingKeysWith: +)
    guard counts.keys.contains(where: { $0 != first }) else { return nil }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      "\($0.key) (\(NumberFormat.count($0.value, "trial")))"
    }.joined(separator: "; ")
  }

  private static func text(_ machine: MachineEnvironment) -> String {
    "\(machine.processor), \(machine.processors) available"
  }

  /// What a reader of a study's figures must know of them, in sentences: what they leave out, and where they come from.
  static func reservations<Plan: StudyPlan>(_ results: StudyResults<Plan>) -> [String] {
    var sentences: [String] = []
    if let processors = processors(results) {
      sentences.append(
        "The trials ran on different processors, so that their elapsed times cannot be compared: \(processors).")
    }
    let (missing, strangers) = (results.missingCount, results.strangers.count)
    if missing > 0, Plan.isAdaptive {
      sentences.append(
        "The study is not finished: more runs follow on the \(NumberFormat.grouped(results.trials.count)) that there are, and "
          + "the figures are of those.")
    } else if missing > 0 {
      sentences.append(
        "\(NumberFormat.count(missing, "run")) \(missing == 1 ? "is" : "are") not finished; the figures are of those "
          + "that are.")
    }
    if let reason = results.lostStepTimes {
      sentences.append(
        "Of what was trained, \(NumberFormat.count(results.unusedCount, "run")) cannot be counted: \(reason). Run again, the "
          + "study times its steps anew, and counts the runs that follow from them.")
    } else if results.unusedCount > 0 {
      sentences.append(
        "\(NumberFormat.count(results.unusedCount, "run")) of the folder \(results.unusedCount == 1 ? "does" : "do") not follow "
          + "by the settings and step times as they are now, and \(results.unusedCount == 1 ? "is" : "are") left out.")
    }
    if strangers > 0 {
      sentences.append(
        "\(NumberFormat.count(strangers, "file")) of the folder \(strangers == 1 ? "was" : "were") measured for another "
          + "study and \(strangers == 1 ? "is" : "are") left out.")
    }
    return sentences
  }
}
