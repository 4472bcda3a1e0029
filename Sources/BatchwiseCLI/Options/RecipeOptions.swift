import ArgumentParser
import Batchwise

/// How learning rate and batch size change on the way and with one another.
struct RecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the rate changes: constant, step:30:0.1, multi-step:30,60:0.1, cosine, polynomial:2, exponential:0.9, "
        + "one-cycle, with lengths in epochs (5) or shares of training (5%).", valueName: "schedule"),
    transform: { try ScheduleText($0) })
  var schedule: ScheduleText = .constant

  @Option(
    help: ArgumentHelp("Warm up over so many epochs (5) or a share of training (5%).", valueName: "length"),
    transform: { try TrainingLength($0) })
  var warmUp: TrainingLength?

  @Option(
    help: ArgumentHelp(
      "The share of the rate that the warm-up starts with; without it the rate at --base-batch under a rule other than "
        + "legw, else 1/32.",
      valueName: "share"), transform: { try RecipeOptions.share($0) })
  var warmUpFrom: Double?

  @Option(
    help: ArgumentHelp(
      "How the rate follows from that at --base-batch: none, linear, sqrt, adam-sqrt, saturating:BATCH or legw.",
      valueName: "rule"), transform: { try LearningRateRuleText($0) })
  var lrRule: LearningRateRuleText = .none

  @Option(
    help: ArgumentHelp("The batch size that the learning rate is right for; --batch without it.", valueName: "size"))
  var baseBatch: Int?

  @Option(
    help: ArgumentHelp(
      "How the batch size changes: fixed, or grow:30,60:5 for five times as large after 30 and 60 epochs.",
      valueName: "schedule"), transform: { try BatchScheduleText($0) })
  var batchSchedule: BatchScheduleText = .fixed

  func validate() throws {
    guard baseBatch ?? 1 >= 1 else { throw ValidationError("--base-batch must be at least 1") }
    guard lrRule == .none || baseBatch != nil else {
      throw ValidationError(
        "--lr-rule \(lrRule) needs --base-batch: the batch size that the learning rate is right for")
    }
    guard warmUp != nil || warmUpFrom == nil else { throw ValidationError("--warm-up-from needs --warm-up") }
    guard warmUp == nil || !schedule.warmsUp else {
      throw ValidationError(
        "--schedule \(schedule) begins with a warm-up, and --warm-up is another; leave one of them out")
    }
  }

  /// The recipe for an optimizer whose settings are right for the base batch.
  func recipe(_ optimizer: OptimizerSettings) -> TrainingRecipe {
    TrainingRecipe(
      optimizer: optimizer, schedule: schedule, warmUp: warmUp, warmUpStart: warmUpFrom, rule: lrRule,
      baseBatch: baseBatch)
  }

  /// `0.03125`, or as a quotient `1/32`.
  private static func share(_ text: String) throws -> Double {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
    let share = parts.count == 2 ? parts[0] / parts[1] : parts.count == 1 ? parts[0] : .nan
    guard share > 0, share <= 1 else { throw ValidationError("give a share above 0 and at most 1, as 0.1 or 1/32") }
    return share
  }
}

extension RecipeOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("schedule", schedule.description), ConfigurationEntry("warm-up", warmUp?.description),
      ConfigurationEntry("warm-up-from", warmUpFrom), ConfigurationEntry("lr-rule", lrRule.description),
      ConfigurationEntry("base-batch", baseBatch), ConfigurationEntry("batch-schedule", batchSchedule.description),
    ]
  }
}
