import ArgumentParser
import Batchwise

/// What is kept of a run, and how often.
struct RunOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Keep configuration, metrics, checkpoints and weights in this folder.", valueName: "folder"))
  var output: String?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Resume from the last checkpoint in --output; begin where there is none.")
  var resume = false

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "With --resume, pass over checkpoints that are damaged, to the last one that is whole.")
  var skipDamaged = false

  @Option(help: ArgumentHelp("Save a checkpoint after so many epochs; after each without it.", valueName: "count"))
  var checkpointEpochs: Int?

  @Option(
    help: ArgumentHelp("Save a checkpoint after so many minutes, too; after 10 without it.", valueName: "minutes"))
  var checkpointMinutes: Double?

  @Option(
    help: ArgumentHelp("How many of the last checkpoints are kept, beside the best; 2 without it.", valueName: "count"))
  var keepCheckpoints: Int?

  @Option(
    help: ArgumentHelp("What the best checkpoint is best by; validation-loss without it.", valueName: "metric"))
  var bestBy: EarlyStopping.Metric?

  @Flag(inversion: .prefixedNo, exclusivity: .chooseLast, help: "Write TensorBoard's event files into --output, too.")
  var tensorboard = false

  func validate() throws {
    guard checkpointEpochs ?? 1 >= 1 else { throw ValidationError("--checkpoint-epochs must be at least 1") }
    guard checkpointMinutes ?? 1 > 0 else { throw ValidationError("--checkpoint-minutes must be above 0") }
    guard keepCheckpoints ?? 1 >= 1 else { throw ValidationError("--keep-checkpoints must be at least 1") }
    guard output != nil || (!resume && !tensorboard) else {
      throw ValidationError("--resume and --tensorboard need --output")
    }
    let ofCheckpoints: [(name: String, isGiven: Bool)] = [
      ("checkpoint-epochs", checkpointEpochs != nil), ("checkpoint-minutes", checkpointMinutes != nil),
      ("keep-checkpoints", keepCheckpoints != nil), ("best-by", bestBy != nil),
    ]
    if output == nil, let option = ofCheckpoints.first(where: \.isGiven) {
      throw ValidationError("--\(option.name) needs --output: without it no checkpoint is saved")
    }
    guard resume || !skipDamaged else { throw ValidationError("--skip-damaged needs --resume") }
  }

  /// When checkpoints are saved.
  var schedule: CheckpointSchedule {
    CheckpointSchedule(epochs: checkpointEpochs ?? 1, minutes: checkpointMinutes ?? 10)
  }

  /// How many of the last checkpoints are kept.
  var keptCheckpoints: Int { keepCheckpoints ?? 2 }

  /// What is kept of a run.
  var settings: TrainingRun.Settings {
    TrainingRun.Settings(
      checkpoints: schedule, keptCheckpoints: keptCheckpoints, bestMetric: bestMetric, writesTensorBoard: tensorboard)
  }

  /// What the best checkpoint is best by.
  var bestMetric: EarlyStopping.Metric { bestBy ?? .validationLoss }
}

extension RunOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    let keeps = output != nil
    return [
      ConfigurationEntry("output", output), ConfigurationEntry("resume", resume),
      ConfigurationEntry("skip-damaged", skipDamaged),
      ConfigurationEntry("checkpoint-epochs", keeps ? schedule.epochs : nil),
      ConfigurationEntry("checkpoint-minutes", keeps ? schedule.minutes : nil),
      ConfigurationEntry("keep-checkpoints", keeps ? keptCheckpoints : nil),
      ConfigurationEntry("best-by", keeps ? bestMetric : nil), ConfigurationEntry("tensorboard", tensorboard),
    ]
  }
}
