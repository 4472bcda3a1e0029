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
  /// The network that a checkpoint of the run holds.
  func network(_ checkpoint: Checkpoint) throws -> Network<Float> {
    try checkpoint.network(ModelText(model).model(inputShape: inputShape, outputs: outputs))
  }
}
