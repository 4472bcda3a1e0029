import ArgumentParser
import Batchwise

/// Which rules are compared, from which batch size, and with which warm-up.
struct RulesOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The batch size that the learning rate is right for.", valueName: "size"))
  var baseBatch = 32

  @Option(
    help: ArgumentHelp(
      "The rules, with commas between them: none, linear, sqrt, adam-sqrt, saturating:BATCH or legw; none is always there.",
      valueName: "rules"))
  var rules = "none,linear,sqrt"

  @Option(
    help: ArgumentHelp(
      "Train each rule also with a warm-up of so many epochs (5) or a share of training (5%); none leaves that out.",
      valueName: "length"))
  var warmUp = "1"

  @OptionGroup var rate: ScheduleOptions

  func validate() throws {
    guard baseBatch >= 1 else { throw ValidationError("--base-batch must be at least 1") }
  }

  /// The study's plan, from what its sweeps share.
  func plan(_ common: SweepPlan) throws -> RulesPlan {
    RulesPlan(
      common: common, baseBatch: baseBatch,
      rules: try rules.split(separator: ",", omittingEmptySubsequences: false).map {
        try LearningRateRuleText(String($0))
      },
      warmUp: warmUp == "none" ? nil : try TrainingLength(warmUp))
  }
}
