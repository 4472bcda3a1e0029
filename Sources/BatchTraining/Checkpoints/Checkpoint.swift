public import BatchFormats
import BatchFoundation

/// A training run saved as a safetensors file, opened and found whole.
///
/// Its tensors are the parameters in the plain layout under their names (`layers.3.weight`, [in, out]), the optimizer's
/// state (`optimizer.momentum.layers.3.weight`), and where the plan asks for them the averaged weights (`average.…`)
/// and those of the best evaluation (`best.…`). The rest is JSON in the header's metadata. Any reader of safetensors
/// gets at the weights.
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
    let format = try Self.decoding(path) { () throws(FileError) in try RecordJSON.format(of: text.utf8, path: path) }
    guard format == CheckpointRecord.currentFormat else { throw .otherFormat(path: path, found: format) }
    record = try Self.decoding(path) { () throws(FileError) in
      try RecordJSON.decode(CheckpointRecord.self, from: text.utf8, path: path)
    }
    if let problem = record.problem { throw .foreign(path: path, reason: problem) }
    self.path = path
    metadata = file.metadata.filter { !$0.key.hasPrefix("batchwise.") }
  }

  /// Decodes a part of the metadata; what is none of this package's makes the file a foreign one.
  static func decoding<R>(_ path: String, _ body: () throws(FileError) -> R) throws(CheckpointError) -> R {
    do {
      return try body()
    } catch {
      throw .foreign(path: path, reason: error.reason)
    }
  }
}
