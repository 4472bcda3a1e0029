public import ArgumentParser
public import Batchwise

extension BatchSampler.LastBatch: ExpressibleByArgument {}

/// How long a model is trained, and on which batches; the same for every batch size of a study.
struct TrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of passes over the training examples.", valueName: "count"))
  var epochs = 10

  @Option(
    help: ArgumentHelp(
      "A short last batch: keep, drop, or wrap (filled up from the epoch's start).", valueName: "policy"))
  var lastBatch: BatchSampler.LastBatch = .keep

  @Option(
    help: ArgumentHelp("The most examples that go through the network at once; all without it.", valueName: "size"))
  var microBatch: Int?
}

extension BatchSampler.LastBatch: ConfigurationRepresentable {}

extension TrainingOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("epochs", epochs), ConfigurationEntry("last-batch", lastBatch),
      ConfigurationEntry("micro-batch", microBatch),
    ]
  }
}

/// What one run has one of, and a study several.
struct SingleRunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of examples that one update averages; 'full' for all.", valueName: "size"))
  var batch = "32"

  @Option(help: ArgumentHelp("The seed of initialisation, order and dropout.", valueName: "number"))
  var seed: UInt64 = 1
}

extension SingleRunOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] { [ConfigurationEntry("batch", batch), ConfigurationEntry("seed", seed)] }
}

/// How the learning rate changes during a training.
struct ScheduleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the rate changes: constant, step:30:0.1, multi-step:30,60:0.1, cosine, polynomial:2, exponential:0.9, "
        + "one-cycle, with lengths in epochs (5) or shares of training (5%); constant without it. For instance one-cycle:5%:1/32:0 rises to "
        + "the full rate over the first 5% and falls along a cosine from there.",
      valueName: "schedule"),
    transform: { try ScheduleCodec.read($0) })
  var schedule: any LearningRateSchedule = ConstantSchedule()
}

extension ScheduleOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] { [ConfigurationEntry("schedule", schedule.description)] }
}

/// How learning rate and batch size change on the way and with one another.
struct RecipeOptions: ParsableArguments {
  @OptionGroup var rate: ScheduleOptions

  @Option(
    help: ArgumentHelp(
      "Warm up over so many epochs (5) or a share of training (5%); no warm-up without it. The schedule counts from the "
        + "start of training all the same: cosine is below the full rate when the warm-up ends, one-cycle is at it.",
      valueName: "length"),
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
        + "without it.", valueName: "rule"), transform: { try LearningRateRuleCodec.read($0) })
  var lrRule: (any LearningRateRule)?

  @Option(help: ArgumentHelp("With --lr-rule, the batch size that the learning rate is right for.", valueName: "size"))
  var baseBatch: Int?

  @Option(
    help: ArgumentHelp(
      "How the batch size changes: fixed, or grow:30,60:5 for five times as large after 30 and 60 epochs; fixed "
        + "without it.", valueName: "schedule"), transform: { try BatchScheduleCodec.read($0) })
  var batchSchedule: any BatchSchedule = FixedBatch()

  func validate() throws {
    guard baseBatch ?? 1 >= 1 else { throw ValidationError("--base-batch must be at least 1") }
    if let lrRule, !(lrRule is NoScaling), baseBatch == nil {
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
      optimizer: optimizer.optimizer, schedule: rate.schedule, warmUp: warmUp, warmUpStart: warmUpFrom,
      rule: lrRule ?? NoScaling(),
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
      ConfigurationEntry("lr-rule", (lrRule ?? NoScaling()).description), ConfigurationEntry("base-batch", baseBatch),
      ConfigurationEntry("batch-schedule", batchSchedule.description),
    ]
  }
}
