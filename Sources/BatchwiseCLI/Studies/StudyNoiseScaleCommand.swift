import ArgumentParser
import Batchwise

/// `batchwise study noise-scale`: the gradient noise scale through training.
struct StudyNoiseScaleCommand: StudySubcommand {
  typealias Report = NoiseScaleReport

  static let configuration = CommandConfiguration(
    commandName: "noise-scale",
    abstract:
      "Measure the noise scale through training: with its interval, by layer, by learning rate, against the loss.",
    discussion: """
      At some moments the exact noise scale of the whole training part is computed as well, so that the estimates can be \
      checked. Finished trials are kept in the output folder: the same command again resumes a study that was cut short, \
      and 'batchwise report FOLDER' shows what is there at any time.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup var step: StepOptions
  @OptionGroup(title: "Schedules") var rate: ScheduleOptions
  @OptionGroup(title: "Regularisation") var regularisation: RegularisationOptions
  @OptionGroup(title: "Measurements") var measured: NoiseScaleOptions
  @OptionGroup var printing: OutputOptions

  @Option(help: ArgumentHelp("The batch sizes: 128, 32..1024:x2, or several; at least 2.", valueName: "sizes"))
  var batch = "128"

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the study.", valueName: "folder"))
  var output = "studies/noise-scale"

  @OptionGroup var trials: StudyOptions

  @OptionGroup var config: ConfigurationOptions

  var threadCount: Int { step.threadCount }
  var engine: GEMMEngine? { step.engine }

  func measurement() throws -> TrainingMeasurement<NoiseScalePlan> {
    let task = try StudyTask(
      data: data, step: step, training: training, regularisation: regularisation, trials: trials, batch: batch,
      printing: printing
    ) { TrainingRecipe(optimizer: $0.optimizer, schedule: rate.schedule) }
    return try task.measurement(of: try measured.plan(task.plan), printing)
  }
}

/// At which learning rates the noise scale is measured, in which updates, and how often exactly.
struct NoiseScaleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The learning rates, with commas between them; that of --lr without it.", valueName: "rates"))
  var rates: String?

  @Option(
    help: ArgumentHelp(
      "Which updates are measured: every:10, log:8, epochs:64 (the first 64 of each) or shares:20.",
      valueName: "schedule"), transform: { try ObservationSchedule($0) })
  var observeAt = NoiseScaleOptions.usual

  @Option(
    help: ArgumentHelp(
      "At how many moments the noise scale of all training examples is computed, too, which --dry-run does not count; 0 "
        + "for none.", valueName: "count"))
  var exact = 5

  private static var usual: ObservationSchedule {
    // A number above 0 is never refused.
    guard let schedule = try? ObservationSchedule(.epochs, inARow: 64) else { return .everyUpdate }
    return schedule
  }

  func validate() throws {
    guard exact >= 0 else { throw ValidationError("--exact must be at least 0") }
    _ = try rateList(instead: 1)
  }

  private func rateList(instead rate: Double) throws -> [Double] {
    guard let rates else { return [rate] }
    return try rates.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let rate = Double(text), rate > 0, rate.isFinite else {
        throw ValidationError("--rates takes numbers above 0 with commas between them, and '\(text)' is none")
      }
      return rate
    }
  }

  /// The study's plan, from what its trials share.
  func plan(_ common: SweepPlan) throws -> NoiseScalePlan {
    NoiseScalePlan(
      common: common, learningRates: try rateList(instead: common.recipe.optimizer.learningRate), schedule: observeAt,
      exactCount: exact)
  }
}
