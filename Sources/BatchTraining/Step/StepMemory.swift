public import BatchAlgebra

/// The bytes of memory of a training step and its network, by what they are for.
///
/// Known before anything is allocated, from the same lengths that a ``TrainingStep`` allocates. Every buffer is rounded
/// up as ``/BatchAlgebra/AlignedBuffer`` does it, by a cache line or a huge page, and even an empty one takes a line.
/// Not counted are the data set, the threads' stacks, the BLAS library's own buffers, and an ``Evaluator``.
public struct StepMemory: Sendable, Hashable, Codable {
  /// The largest batch.
  public let capacity: Int
  /// The parameters, what pads them included, and the layers' running buffers.
  public let parameterBytes: Int
  /// The gradient, laid out like the parameters, and another one where it is summed up over micro-batches.
  public let gradientBytes: Int
  /// The optimizer's state vectors.
  public let optimizerStateBytes: Int
  /// The gathered examples and their targets.
  public let batchBytes: Int
  /// What the layers put out, what they keep for the backward pass, and the gradients of activations.
  public let activationBytes: Int
  /// What layers, sums and norms over threads, and norms of examples' gradients need for a moment.
  public let scratchBytes: Int
  /// What one more example of a micro-batch adds, before rounding; without micro-batches, of a batch.
  public let bytesPerExample: Int

  /// What does not depend on the capacity: parameters, gradient, optimizer state and scratch.
  public var fixedBytes: Int { parameterBytes + gradientBytes + optimizerStateBytes + scratchBytes }

  /// All of it.
  public var byteCount: Int { fixedBytes + batchBytes + activationBytes }
}

extension StepMemory {
  /// The memory of a step that trains the model on batches of up to `capacity` examples.
  ///
  /// At most `microBatch` of them go through the network at once, or where that is nil all of them.
  ///
  /// - Throws: ``ModelError`` for a model that cannot be built, a capacity, a micro-batch or a number of threads that
  ///   cannot be, or more memory than can be addressed.
  public init(
    _ model: Sequential, loss: any Loss, optimizer: any Optimizer, capacity: Int, microBatch: Int? = nil,
    context: ComputeContext
  ) throws(ModelError) {
    switch context.precision {
    case .float:
      try self.init(
        StepLengths<Float>(model, loss: loss, optimizer: optimizer, microBatch: microBatch, context: context),
        capacity: capacity)
    case .double:
      try self.init(
        StepLengths<Double>(model, loss: loss, optimizer: optimizer, microBatch: microBatch, context: context),
        capacity: capacity)
    }
  }

  /// The largest batch whose step and network take at most `byteCount` bytes; nil where not even one example fits.
  ///
  /// - Throws: ``ModelError`` for a model that cannot be built or a number of threads that cannot be.
  public static func largestBatch(
    within byteCount: Int, for model: Sequential, loss: any Loss, optimizer: any Optimizer, context: ComputeContext
  ) throws(ModelError) -> Int? {
    do {
      switch context.precision {
      case .float:
        return largestBatch(
          within: byteCount, try StepLengths<Float>(model, loss: loss, optimizer: optimizer, context: context))
      case .double:
        return largestBatch(
          within: byteCount, try StepLengths<Double>(model, loss: loss, optimizer: optimizer, context: context))
      }
    } catch .allocation {
      return nil
    }
  }

  private static func largestBatch<S: Scalar>(within byteCount: Int, _ lengths: StepLengths<S>) -> Int? {
    guard let bytesPerExample = lengths.bytesPerExample else { return nil }
    // Rounding makes steps, but never fewer bytes for more examples.
    var largest = 0
    var bound = max(0, byteCount / bytesPerExample)
    while largest < bound {
      let middle = largest + (bound - largest) / 2 + (bound - largest) % 2
      if let bytes = lengths.memory(capacity: middle)?.byteCount, bytes <= byteCount {
        largest = middle
      } else {
        bound = middle - 1
      }
    }
    return largest > 0 ? largest : nil
  }

  /// The memory of buffers of the given lengths.
  init<S: Scalar>(_ lengths: StepLengths<S>, capacity: Int) throws(ModelError) {
    guard capacity > 0 else { throw .mismatch("a batch capacity must be at least 1, not \(capacity)") }
    if let microBatch = lengths.largestMicroBatch, microBatch < 1 {
      throw .mismatch("a micro-batch has at least 1 example, not \(microBatch)")
    }
    guard let memory = lengths.memory(capacity: capacity) else {
      throw .allocation(AllocationError(byteCount: Int.max))
    }
    self = memory
  }
}
