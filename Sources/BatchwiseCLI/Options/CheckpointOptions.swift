import ArgumentParser
import Batchwise

/// Which trained network.
struct CheckpointArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("A checkpoint, or the folder of a run: its best checkpoint, or else its last."))
  var checkpoint: String

  /// The checkpoint, and what it says of its run.
  func open() throws -> (checkpoint: Checkpoint, run: RunDescription) {
    let checkpoint = try file()
    guard let run = try checkpoint.run() else {
      throw CheckpointError.foreign(path: checkpoint.path, reason: "it does not say which model and data it belongs to")
    }
    return (checkpoint, run)
  }

  private func file() throws -> Checkpoint {
    guard DurableFile.isFolder(checkpoint) else { return try Checkpoint(path: checkpoint) }
    let ofRun = RunFolder.checkpoints(in: checkpoint, lastCount: 1)
    // The folder of the checkpoints themselves is as clear.
    let folder = DurableFile.isFolder(ofRun.path) ? ofRun : CheckpointFolder(path: checkpoint)
    if DurableFile.exists(folder.bestPath) { return try Checkpoint(path: folder.bestPath) }
    guard try !folder.updates().isEmpty else {
      throw DataError(
        .unreadable, path: checkpoint, "the folder holds no checkpoint",
        hint: "give a checkpoint, or the folder of a run of 'batchwise train --output'")
    }
    return try folder.last()
  }
}

extension RunDescription {
  /// The network that a checkpoint of the run holds, to be computed on so many threads.
  func network(_ checkpoint: Checkpoint, threads: Int) throws -> Network<Float> {
    try checkpoint.network(
      ModelText(model).model(inputShape: inputShape, outputs: outputs), context: Machine.context(threads: threads))
  }
}

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
  @OptionGroup var trained: CheckpointArgument

  @Option(help: "The part of the run's data; test without it.")
  var part: DataPart?

  @Option(help: ArgumentHelp("The folder of the data, where it is another than for training.", valueName: "folder"))
  var dataDir: String?

  @Option(help: ThreadHelp.one)
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
    var (checkpoint, run) = try trained.open()
    if let dataDir { run.dataDirectory = dataDir }
    let team = try ThreadTeam(threads: threads ?? Machine.defaultThreads.count)
    return Trained(
      checkpoint: checkpoint, run: run, network: try run.network(checkpoint, threads: team.threads), team: team)
  }

  /// The part of the run's data that is asked for.
  func examples(of trained: Trained) throws(DataError) -> (part: DataPart, examples: Dataset) {
    let part = part ?? .test
    return (part, part.examples(of: try trained.checkpoint.examples(of: trained.run)))
  }
}
