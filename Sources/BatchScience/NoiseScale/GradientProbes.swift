public import BatchAlgebra
public import BatchData
public import BatchFoundation
public import BatchTraining

/// Gradients of a network at weights that stay as they are, seen by quantities batch after batch.
///
/// What ``/BatchTraining/Trainer`` shows them on the way, of one moment of a training: no parameter is updated, and estimates of as
/// many batches as one likes are of the same weights.
public enum GradientProbes {
  /// Shows the quantities the gradients of `count` batches of a size, drawn without replacement from a data set in an
  /// order that a seed gives, and returns the mean loss of their examples.
  ///
  /// A short batch at the end of a pass over the data is left out. The step has room for the batch, and is made for
  /// what the quantities need.
  ///
  /// - Throws: ``GradientProbeError`` for a batch that does not fit, or what the observer throws.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public static func observe<S: Scalar>(
    _ quantities: inout [any StepQuantity], in step: TrainingStep<S>, over dataset: Dataset, batch: Int, count: Int,
    seed: UInt64, onProbe: (_ probe: Int) throws -> Void = { _ in }
  ) throws -> Double {
    try require(batch: batch, of: dataset, capacity: step.capacity)
    let needs = quantities.reduce(into: StepNeeds.gradient) { $0.formUnion($1.needs) }
    var source: any BatchSource = SampledBatches(
      dataset, sampler: try BatchSampler(exampleCount: dataset.count, batchSize: batch, lastBatch: .drop, seed: seed))
    let perEpoch = dataset.count / batch
    var (losses, examples) = (0.0, 0)
    for probe in 0..<count {
      let (epoch, place) = (probe / perEpoch, probe % perEpoch * batch)
      if place == 0 { source.begin(epoch: epoch) }
      let result = step.computeGradient(source, epoch: epoch, at: place, count: batch, observing: needs)
      losses += result.total
      examples += result.examples
      let position = TrainingPosition(
        examples: probe * batch, examplesPerEpoch: dataset.count, totalExamples: .max)
      let seen = step.result(result, at: position, beforeUpdate: true)
      for index in quantities.indices { quantities[index].observe(seen) }
      try onProbe(probe + 1)
    }
    return losses / Double(examples)
  }

  /// Refuses batches that cannot be drawn from a data set.
  ///
  /// - Throws: ``GradientProbeError/batch(_:largest:)``.
  public static func require(
    batch: Int, of dataset: Dataset, capacity: Int = .max
  ) throws(GradientProbeError) {
    let largest = min(capacity, dataset.count)
    guard 1...largest ~= batch else { throw .batch(batch, largest: largest) }
  }
}

/// Why no gradients can be seen.
public enum GradientProbeError: DiagnosticError, Hashable {
  /// No batch has so many examples.
  case batch(Int, largest: Int)

  public var diagnosis: Diagnosis {
    switch self {
    case .batch(let batch, let largest):
      Diagnosis(
        .usage, "a batch of \(batch) cannot be drawn", hint: "give one of 1 to \(largest) examples")
    }
  }
}
