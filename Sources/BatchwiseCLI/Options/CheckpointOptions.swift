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
  @OptionGroup var trained: CheckpointArgument

  @Option(help: "The part of the run's data; test without it.")
  var part: DataPart?

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
    var (checkpoint, run) = try trained.open()
    if let dataDir { run.dataDirectory = dataDir }
    return Trained(
      checkpoint: checkpoint, run: run, network: try run.network(checkpoint),
      team: try ThreadTeam(threads: threads ?? ThreadTeam.availableProcessors))
  }

  /// The part of the run's data that is asked for.
  func examples(of run: RunDescription) throws(DataError) -> (part: DataPart, examples: Dataset) {
    let part = part ?? .test
    return (part, part.examples(of: try run.loadUnchanged()))
  }
}
