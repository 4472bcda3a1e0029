import BatchAlgebra
import BatchFormats
public import BatchFoundation

extension Trainer {
  /// The run's settings, and where it stands.
  public var record: CheckpointRecord {
    var progress = progress
    progress.quantities = observations
    return CheckpointRecord(
      layers: step.network.graph.modelText, inputShape: step.network.inputShape, trainingExamples: exampleCount,
      loss: step.loss.name, optimizer: optimizerText, context: step.workspace.context, plan: plan, progress: progress)
  }

  /// Saves the run so that ``restore(_:acceptingOtherContext:)`` continues with the same bits: written under
  /// another name, flushed, renamed.
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
      try vector.forEach(of: step.network) { (name, values) throws(FileError) in
        try values.withUnsafeBufferPointer { (values) throws(FileError) in
          try writer.append(UnsafeRawBufferPointer(values), to: name)
        }
      }
    }
    try writer.finish()
  }

  /// Puts the run where a checkpoint of the same settings was saved.
  ///
  /// The number of epochs may be another one; where no batch of the new plan is left in the epoch, the next one begins.
  /// The run is resumed with the same bits if its trainer has the checkpoint's ``CheckpointRecord/context``; one with
  /// another is refused unless `acceptingOtherContext` is set. Of the data only the number of examples
  /// is compared: whoever keeps a run compares the examples themselves, as a run's folder does by their fingerprint.
  ///
  /// - Throws: ``CheckpointError`` when the checkpoint belongs to a run of other settings or cannot be read; the run is
  ///   then to be given up.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func restore(
    _ checkpoint: Checkpoint, acceptingOtherContext: Bool = false
  ) throws(CheckpointError) {
    var differences = checkpoint.record.differences(from: record)
    if !acceptingOtherContext {
      var context = step.workspace.context
      // Another precision has been told already.
      context.precision = checkpoint.record.context.precision
      if S.precision != context.precision { context.thresholds = checkpoint.record.context.thresholds }
      differences += checkpoint.record.context.differences(from: context)
    }
    guard differences.isEmpty else { throw .mismatch(path: checkpoint.path, differences: differences) }
    for vector in vectors {
      try vector.read(of: step.network) { (name, count) throws(CheckpointError) in
        try checkpoint.values(name, count: count, as: S.self)
      }
    }
    progress = checkpoint.record.progress
    observations = progress.quantities
    progress.quantities = nil
    // Of a user's own rule a file holds the text, which has been compared.
    if let rule = plan.regularisation.earlyStopping { progress.best?.rule = rule }
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

  /// Everything that changes on the way.
  var vectors: [SavedVector<S>] {
    let network = step.network
    var vectors = [SavedVector(prefix: "", elements: network.parameters.elements, buffersOf: network)]
    for name in step.optimizer.stateNames {
      vectors.append(SavedVector(prefix: "optimizer.\(name).", elements: step.stateVector(name)))
    }
    if let average {
      vectors.append(
        SavedVector(
          prefix: "average.", elements: average.network.parameters.elements, buffersOf: average.network))
    }
    if let best {
      vectors.append(SavedVector(prefix: "best.", elements: best.parameters.elements, buffersOf: best))
    }
    return vectors
  }
}

/// A vector of the parameters' layout, with a network's running buffers where they belong to it, and what stands before
/// the names for its part of the file.
struct SavedVector<S: Scalar> {
  let prefix: String
  let elements: UnsafeMutableBufferPointer<S>
  var buffersOf: Network<S>?

  func tensors(of network: Network<S>) -> [TensorDescription] {
    network.slots.map { TensorDescription(name: prefix + $0.name, elementType: S.elementType, shape: $0.shape) }
      + (buffersOf?.bufferSlots ?? []).map {
        TensorDescription(name: prefix + $0.name, elementType: S.elementType, shape: [$0.count])
      }
  }

  func forEach(
    of network: Network<S>, _ body: (_ name: String, _ values: [S]) throws(FileError) -> Void
  ) throws(FileError) {
    for slot in network.slots { try body(prefix + slot.name, network.values(of: slot, in: elements)) }
    guard let buffersOf else { return }
    for slot in buffersOf.bufferSlots { try body(prefix + slot.name, buffersOf.values(of: slot)) }
  }

  func read(
    of network: Network<S>, _ values: (_ name: String, _ count: Int) throws(CheckpointError) -> [S]
  ) throws(CheckpointError) {
    for slot in network.slots {
      network.setValues(of: slot, try values(prefix + slot.name, slot.count), in: elements)
    }
    guard let buffersOf else { return }
    for slot in buffersOf.bufferSlots { buffersOf.setValues(of: slot, try values(prefix + slot.name, slot.count)) }
  }
}
