public import BatchData

/// A training run saved as a safetensors file, opened and found whole.
///
/// Its tensors are the parameters in the plain layout under their names (`layers.3.weight`, [in, out]), the optimizer's
/// state (`optimizer.momentum.layers.3.weight`), and where the plan asks for them the averaged weights (`average.…`) and
/// those of the best evaluation (`best.…`). The rest is JSON in the header's metadata. Any reader of safetensors gets at
/// the weights.
public struct Checkpoint: Sendable {
  /// The file's path.
  public let path: String
  /// The run's settings, and where it stands.
  public let record: CheckpointRecord
  /// What the one who saved it has added.
  public let metadata: [String: String]
  /// The tensors.
  public let file: SafeTensorsFile

  static var recordKey: String { "batchwise.checkpoint" }

  /// Opens a checkpoint and compares its content with its checksum.
  ///
  /// - Throws: ``CheckpointError`` for a file that cannot be read, was damaged or cut short, or is something else.
  public init(path: String) throws(CheckpointError) {
    do {
      file = try SafeTensorsFile(path: path)
      try file.verifyChecksum()
    } catch {
      throw .unreadable(error)
    }
    guard let text = file.metadata[Self.recordKey] else {
      throw .foreign(path: path, reason: "it is a safetensors file without '\(Self.recordKey)' in its header")
    }
    do {
      record = try RecordJSON.decode(CheckpointRecord.self, from: text.utf8, path: path)
    } catch {
      throw .foreign(path: path, reason: error.description)
    }
    guard record.format == CheckpointRecord.currentFormat else {
      throw .foreign(path: path, reason: "its format is \(record.format), not \(CheckpointRecord.currentFormat)")
    }
    self.path = path
    metadata = file.metadata.filter { !$0.key.hasPrefix("batchwise.") }
  }
}
