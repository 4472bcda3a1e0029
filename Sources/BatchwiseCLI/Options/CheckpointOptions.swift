import ArgumentParser
import Batchwise

/// A part of a data set.
enum DataPart: String, ExpressibleByArgument, CaseIterable {
  case train, validation, test

  /// The part's examples.
  func examples(of splits: DataSplits) -> Dataset {
    switch self {
    case .train: splits.train
    case .validation: splits.validation
    case .test: splits.test
    }
  }
}

/// A trained network, and the examples it is given.
struct CheckpointOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A checkpoint, or the folder of a run: its best checkpoint, or else its last."))
  var checkpoint: String

  @Option(help: "The part of the run's data: train, validation or test.")
  var part: DataPart = .test

  @Option(help: ArgumentHelp("The folder of the data, where it is another than for training.", valueName: "folder"))
  var dataDir: String?

  @Option(help: ArgumentHelp("The number of threads; all processors without it.", valueName: "count"))
  var threads: Int?

  /// What the checkpoint holds: the run, its network, and its file.
  struct Trained {
    var checkpoint: Checkpoint
    var run: RunDescription
    var network: Network<Float>
    var team: ThreadTeam
  }

  /// Opens the checkpoint.
  func open() throws -> Trained {
    let checkpoint = try file()
    guard var run = try checkpoint.run() else {
      throw CheckpointError.foreign(path: checkpoint.path, reason: "it does not say which model and data it belongs to")
    }
    if let dataDir { run.dataDirectory = dataDir }
    let model = try ModelText(run.model).model(inputShape: run.inputShape, outputs: run.outputs)
    return Trained(
      checkpoint: checkpoint, run: run, network: try checkpoint.network(model),
      team: try ThreadTeam(threads: threads ?? ThreadTeam.availableProcessors))
  }

  private func file() throws(CheckpointError) -> Checkpoint {
    guard DurableFile.isFolder(checkpoint) else { return try Checkpoint(path: checkpoint) }
    let folder = RunFolder.checkpoints(in: checkpoint, lastCount: 1)
    return try DurableFile.exists(folder.bestPath) ? Checkpoint(path: folder.bestPath) : folder.last()
  }
}
