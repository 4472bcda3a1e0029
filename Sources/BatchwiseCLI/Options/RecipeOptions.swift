import ArgumentParser
import Batchwise

/// How learning rate and batch size change on the way and with one another.
struct RecipeOptions: ParsableArguments {
  @OptionGroup var rate: ScheduleOptions

  @Option(
    help: ArgumentHelp(
      "Warm up over so many epochs (5) or a share of training (5%); no warm-up without it.", valueName: "length"),
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
      "How the rate follows from that at --base-batch: none, linear, sqrt, adam-sqrt, saturating:BATCH or legw; none "
        + "without it.", valueName: "rule"), transform: { try LearningRateRuleText($0) })
  var lrRule: LearningRateRuleText?

  @Option(help: ArgumentHelp("With --lr-rule, the batch size that the learning rate is right for.", valueName: "size"))
  var baseBatch: Int?

  @Option(
    help: ArgumentHelp(
      "How the batch size changes: fixed, or grow:30,60:5 for five times as large after 30 and 60 epochs; fixed "
        + "without it.", valueName: "schedule"), transform: { try BatchScheduleText($0) })
  var batchSchedule: BatchScheduleText = .fixed

  func validate() throws {
    guard baseBatch ?? 1 >= 1 else { throw ValidationError("--base-batch must be at least 1") }
    if let lrRule, lrRule != .none, baseBatch == nil {
      throw ValidationError(
        "--lr-rule \(lrRule) needs --base-batch: the batch size that the learning rate is right for")
    }
    guard lrRule != nil || baseBatch == nil else { throw ValidationError("--base-batch needs --lr-rule") }
    guard warmUp != nil || warmUpFrom == nil else { throw ValidationError("--warm-up-from needs --warm-up") }
    guard warmUp == nil || !rate.schedule.warmsUp else {
      throw ValidationError(
        "--schedule \(rate.schedule) begins with a warm-up, and --warm-up is another; leave one of them out")
    }
  }

  /// The recipe for an optimizer whose settings are right for the base batch.
  func recipe(_ optimizer: OptimizerSettings) -> TrainingRecipe {
    TrainingRecipe(
      optimizer: optimizer, schedule: rate.schedule, warmUp: warmUp, warmUpStart: warmUpFrom, rule: lrRule ?? .none,
      baseBatch: baseBatch)
  }

  /// `0.03125`, or as a quotient `1/32`.
  private static func share(_ text: String) throws -> Double {
    guard let share = SettingNumber.read(text[...]), share > 0, share <= 1 else {
      throw ValidationError("give a share above 0 and at most 1, as 0.1 or 1/32")
    }
    return share
  }
}

extension RecipeOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    rate.entries + [
      ConfigurationEntry("warm-up", warmUp?.description), ConfigurationEntry("warm-up-from", warmUpFrom),
      ConfigurationEntry("lr-rule", (lrRule ?? .none).description), ConfigurationEntry("base-batch", baseBatch),
      ConfigurationEntry("batch-schedule", batchSchedule.description),
    ]
  }
}
