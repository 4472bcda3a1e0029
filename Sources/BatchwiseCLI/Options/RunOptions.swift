import ArgumentParser
import Batchwise

/// What is kept of a run, and how often.
struct RunOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Keep configuration, metrics, checkpoints and weights in this folder.", valueName: "folder"))
  var output: String?

  @Flag(help: "Go on from the last checkpoint in --output; begin where there is none.")
  var resume = false

  @Flag(help: "With --resume, pass over checkpoints that are damaged, to the last one that is whole.")
  var skipDamaged = false

  @Option(help: ArgumentHelp("Save a checkpoint after so many epochs.", valueName: "count"))
  var checkpointEpochs = 1

  @Option(help: ArgumentHelp("Save a checkpoint after so many minutes, too.", valueName: "minutes"))
  var checkpointMinutes = 10.0

  @Option(help: ArgumentHelp("How many of the last checkpoints are kept, beside the best.", valueName: "count"))
  var keepCheckpoints = 2

  @Option(help: ArgumentHelp("What the best checkpoint is best by.", valueName: "metric"))
  var bestBy: EarlyStopping.Metric = .validationLoss

  @Flag(help: "Write TensorBoard's event files into --output, too.")
  var tensorboard = false

  func validate() throws {
    guard checkpointEpochs >= 1 else { throw ValidationError("--checkpoint-epochs must be at least 1") }
    guard checkpointMinutes > 0 else { throw ValidationError("--checkpoint-minutes must be above 0") }
    guard keepCheckpoints >= 1 else { throw ValidationError("--keep-checkpoints must be at least 1") }
    guard output != nil || (!resume && !tensorboard) else {
      throw ValidationError("--resume and --tensorboard need --output")
    }
    guard resume || !skipDamaged else { throw ValidationError("--skip-damaged needs --resume") }
  }

  /// When checkpoints are saved.
  var schedule: CheckpointSchedule { CheckpointSchedule(epochs: checkpointEpochs, minutes: checkpointMinutes) }
}

extension RunOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("output", output), ConfigurationEntry("resume", resume),
      ConfigurationEntry("skip-damaged", skipDamaged), ConfigurationEntry("checkpoint-epochs", checkpointEpochs),
      ConfigurationEntry("checkpoint-minutes", checkpointMinutes),
      ConfigurationEntry("keep-checkpoints", keepCheckpoints), ConfigurationEntry("best-by", bestBy),
      ConfigurationEntry("tensorboard", tensorboard),
    ]
  }
}
