import Batchwise

/// Settings that were asked for and change nothing, in words.
enum SettingsWithoutEffect {
  /// What is said of a run whose largest update takes so many examples.
  static func notes(_ plan: TrainingPlan, largestBatch: Int) -> [String] {
    [microBatch(plan.microBatch, largestBatch: largestBatch), warmUp([plan.schedule], epochs: plan.epochs)]
      .compactMap { $0 }
  }

  /// What is said of a study, of all of whose trials it is true, or for the warm-up of some.
  ///
  /// - Throws: `TrainingError` where a rule does not apply to a batch size.
  static func notes<Plan: TrainingStudyPlan>(_ plan: Plan) throws(TrainingError) -> [String] {
    let common = plan.common
    // Sizes grow up to the last update.
    let examples = common.exampleCounts[0]
    let (total, _) = common.epochs.multipliedReportingOverflow(by: examples)
    let end = TrainingPosition(examples: max(0, total - 1), examplesPerEpoch: examples, totalExamples: max(1, total))
    // Seeds change none of it.
    let trials = plan.trials.filter { $0.seed == common.seeds.first }
    let largest = trials.map { common.batchSchedule.batchSize(at: end, from: $0.batchSize) }.max() ?? 1
    var schedules: [any LearningRateSchedule] = []
    for trial in trials { schedules.append(try plan.recipe(of: trial).settings(batch: trial.batchSize).schedule) }
    return [microBatch(common.microBatch, largestBatch: largest), warmUp(schedules, epochs: common.epochs)]
      .compactMap { $0 }
  }

  private static func microBatch(_ microBatch: Int?, largestBatch: Int) -> String? {
    guard let microBatch, microBatch >= largestBatch else { return nil }
    return "--micro-batch \(microBatch) cuts nothing: no update has more than "
      + "\(NumberFormat.count(largestBatch, "example"))."
  }

  /// The longest of the warm-ups, where it has no end.
  private static func warmUp(_ schedules: [any LearningRateSchedule], epochs: Int) -> String? {
    let lengths = schedules.compactMap { schedule -> Double? in
      guard case .epochs(let count)? = (schedule as? WarmUp)?.length else { return nil }
      return count
    }
    guard let longest = lengths.max(), longest > Double(epochs) else { return nil }
    return
      "The warm-up of \(TrainingLength.epochs(longest)) epochs is longer than the training: the rate never gets to "
      + "its full value."
  }
}
