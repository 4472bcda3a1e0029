import Batchwise

/// Settings that were asked for and change nothing, in words.
enum IdleSettings {
  /// What is said of a run whose largest update takes so many examples.
  static func notes(_ plan: TrainingPlan, largestBatch: Int) -> [String] {
    [microBatch(plan.microBatch, largestBatch: largestBatch), warmUp([plan.schedule], epochs: plan.epochs)]
      .compactMap { $0 }
  }

  /// What is said of a study, of all of whose trials it is true, or for the warm-up of some.
  ///
  /// - Throws: `TrainingError` where a rule does not apply to a batch size.
  static func notes(_ plan: SweepPlan, recipes: [TrainingRecipe]) throws(TrainingError) -> [String] {
    // Sizes grow up to the last update.
    let examples = plan.exampleCounts[0]
    let (total, _) = plan.epochs.multipliedReportingOverflow(by: examples)
    let end = TrainingPosition(examples: max(0, total - 1), examplesPerEpoch: examples, totalExamples: max(1, total))
    let largest = plan.batchSizes.map { plan.batchSchedule.batchSize(at: end, from: $0) }.max() ?? 1
    var schedules: [ScheduleText] = []
    for recipe in recipes {
      for size in plan.batchSizes { schedules.append(try recipe.settings(batch: size).schedule) }
    }
    return [microBatch(plan.microBatch, largestBatch: largest), warmUp(schedules, epochs: plan.epochs)]
      .compactMap { $0 }
  }

  private static func microBatch(_ microBatch: Int?, largestBatch: Int) -> String? {
    guard let microBatch, microBatch >= largestBatch else { return nil }
    return "--micro-batch \(microBatch) cuts nothing: no update has more than "
      + "\(NumberFormat.count(largestBatch, "example"))."
  }

  /// The longest of the warm-ups, where it has no end.
  private static func warmUp(_ schedules: [ScheduleText], epochs: Int) -> String? {
    let lengths = schedules.compactMap { schedule -> Double? in
      guard case .epochs(let count)? = (schedule.schedule as? WarmUp<ScheduleText>)?.length else { return nil }
      return count
    }
    guard let longest = lengths.max(), longest > Double(epochs) else { return nil }
    return
      "The warm-up of \(TrainingLength.epochs(longest)) epochs is longer than the training: the rate never gets to "
      + "its full value."
  }
}
