import ArgumentParser
import Batchwise

/// `batchwise study rules`: rules that carry the learning rate from one batch size to others, side by side.
struct StudyRulesCommand: StudySubcommand {
  typealias Report = RulesReport

  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Train by each rule for the learning rate, with and without a warm-up, and report what it recovers.",
    discussion: """
      Finished trials are kept in the output folder: the same command again resumes a study that was cut short, and \
      'batchwise report FOLDER' shows what is there at any time.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup var step: StepOptions
  @OptionGroup(title: "Rules") var rules: RulesOptions
  @OptionGroup(title: "Regularisation") var regularisation: RegularisationOptions
  @OptionGroup var printing: OutputOptions

  @Option(help: ArgumentHelp("The batch sizes: 32..1024:x2, 32..128:8, 1,7,64, full, or several.", valueName: "sizes"))
  var batch = "32..2048:x2"

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the study.", valueName: "folder"))
  var output = "studies/rules"

  @OptionGroup var trials: StudyOptions

  @OptionGroup var config: ConfigurationOptions

  var threadCount: Int { step.threadCount }
  var engine: GEMMEngine? { step.engine }

  func measurement() throws -> TrainingMeasurement<RulesPlan> {
    let task = try StudyTask(
      data: data, step: step, training: training, regularisation: regularisation, trials: trials, batch: batch,
      printing: printing
    ) { TrainingRecipe(optimizer: $0.optimizer, schedule: rules.rate.schedule) }
    return try task.measurement(of: try rules.plan(task.plan), printing)
  }
}

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

  /// The study's plan, from what its variants share.
  func plan(_ common: SweepPlan) throws -> RulesPlan {
    RulesPlan(
      common: common, baseBatch: baseBatch,
      rules: try rules.split(separator: ",", omittingEmptySubsequences: false).map {
        try LearningRateRuleCodec.read(String($0))
      },
      warmUp: warmUp == "none" ? nil : try TrainingLength(warmUp))
  }
}
