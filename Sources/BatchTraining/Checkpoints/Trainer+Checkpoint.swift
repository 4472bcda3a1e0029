import BatchAlgebra
import BatchFormats
public import BatchFoundation

extension Trainer {
  /// The run's settings, and where it stands.
  public var record: CheckpointRecord {
    CheckpointRecord(
      layers: step.network.modelText, inputShape: step.network.shapes[0], trainingExamples: exampleCount,
      loss: step.loss, optimizer: optimizerText, precision: S.self == Float.self ? "float" : "double",
      threads: step.workspace.team.threads, plan: plan, progress: progress)
  }

  /// Saves the run so that ``restore(_:)`` goes on with the same bits: written under another name, flushed, renamed.
  ///
  /// `metadata` goes into the file's header; keys that begin with `batchwise.` are the package's own. Call it between
  /// updates: before a run, from an observer, or after it. A run that has ended with its best weights
  /// (``EarlyStopping/restoresBest``) has no longer those that its optimizer's state belongs to: only what its observer
  /// saved after the last update goes on to the bits of a longer run.
  ///
  /// - Throws: `FileError`, as on a full disk; what was there before stays.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func save(to path: String, metadata: [String: String] = [:]) throws(FileError) {
    var metadata = metadata.filter { !$0.key.hasPrefix("batchwise.") }
    metadata[Checkpoint.recordKey] = RecordJSON.text(record)
    let vectors = vectors
    var writer = try SafeTensorsWriter(
      path: path, tensors: vectors.flatMap { $0.tensors(of: step.network) }, metadata: metadata)
    for vector in vectors {
      for slot in step.network.slots {
        let values = step.network.values(of: slot, in: vector.elements)
        try values.withUnsafeBufferPointer { (values) throws(FileError) in
          try writer.append(UnsafeRawBufferPointer(values), to: vector.prefix + slot.name)
        }
      }
    }
    try writer.finish()
  }

  /// Puts the run where a checkpoint of the same settings was saved.
  ///
  /// The number of epochs may be another one; where no batch of the new plan is left in the epoch, the next one begins.
  /// The same number of threads on the same machine goes on with the same bits. Of the data only the number of examples
  /// is compared: whoever keeps a run compares the examples themselves, as a run's folder does by their fingerprint.
  ///
  /// - Throws: ``CheckpointError`` when the checkpoint belongs to a run of other settings or cannot be read; the run is
  ///   then to be given up.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func restore(_ checkpoint: Checkpoint) throws(CheckpointError) {
    let differences = checkpoint.record.differences(from: record)
    guard differences.isEmpty else { throw .mismatch(path: checkpoint.path, differences: differences) }
    let network = step.network
    for vector in vectors {
      for slot in network.slots {
        let values = try checkpoint.values(vector.prefix + slot.name, count: slot.count, as: S.self)
        network.setValues(of: slot, values, in: vector.elements)
      }
    }
    progress = checkpoint.record.progress
    // With another number of epochs a batch may be larger here than it was, and not fit into what is left.
    if progress.place > 0 { advance(by: 0) }
    step.restore(updates: progress.update)
    average?.count = progress.averaged
  }

  private var optimizerText: String {
    var optimizer = step.optimizer
    optimizer.learningRate = baseLearningRate
    return optimizer.description
  }

  /// Everything that is laid out like the parameters and changes on the way.
  private var vectors: [SavedVector<S>] {
    var vectors = [SavedVector(prefix: "", elements: step.network.parameters.elements)]
    for name in step.optimizer.stateNames {
      vectors.append(SavedVector(prefix: "optimizer.\(name).", elements: step.stateVector(name)))
    }
    if let average { vectors.append(SavedVector(prefix: "average.", elements: average.network.parameters.elements)) }
    if let bestParameters { vectors.append(SavedVector(prefix: "best.", elements: bestParameters.elements)) }
    return vectors
  }
}

/// A vector of the parameters' layout, and what stands before the parameters' names for its part of the file.
private struct SavedVector<S: Scalar> {
  let prefix: String
  let elements: UnsafeMutableBufferPointer<S>

  func tensors(of network: Network<S>) -> [TensorDescription] {
    network.slots.map { TensorDescription(name: prefix + $0.name, elementType: S.elementType, shape: $0.shape) }
  }
}
