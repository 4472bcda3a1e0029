public import BatchAlgebra

/// The bytes of memory of a training step and its network, by what they are for.
///
/// Known before anything is allocated, from the same lengths that a ``TrainingStep`` allocates. Every buffer is rounded
/// up as ``/BatchAlgebra/AlignedBuffer`` does it, by a cache line or a huge page, and even an empty one takes a line.
/// Not counted are the data set, the threads' stacks, the BLAS library's own buffers, and an ``Evaluator``.
public struct StepMemory: Sendable, Hashable, Codable {
  /// The largest batch.
  public let capacity: Int
  /// The parameters, what pads them included.
  public let parameterBytes: Int
  /// The gradient, laid out like the parameters, and another one where it is summed up over micro-batches.
  public let gradientBytes: Int
  /// The optimizer's state vectors.
  public let optimizerStateBytes: Int
  /// The gathered examples and their targets.
  public let batchBytes: Int
  /// What the layers put out, what they keep for the backward pass, and the gradients that travel backwards.
  public let activationBytes: Int
  /// What products, and sums and norms over threads, need for a moment.
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
  public init<S: Scalar>(
    _ model: Sequential, loss: Loss, optimizer: any Optimizer, capacity: Int, microBatch: Int? = nil, threads: Int,
    of scalar: S.Type = Float.self, context: ComputeContext? = nil
  ) throws(ModelError) {
    let lengths = try StepLengths<S>(
      model, loss: loss, optimizer: optimizer, microBatch: microBatch, threads: threads, context: context)
    try self.init(lengths, capacity: capacity)
  }

  /// The largest batch whose step and network take at most `byteCount` bytes; nil where not even one example fits.
  ///
  /// - Throws: ``ModelError`` for a model that cannot be built or a number of threads that cannot be.
  public static func largestBatch<S: Scalar>(
    within byteCount: Int, for model: Sequential, loss: Loss, optimizer: any Optimizer, threads: Int,
    of scalar: S.Type = Float.self, context: ComputeContext? = nil
  ) throws(ModelError) -> Int? {
    let lengths: StepLengths<S>
    do {
      lengths = try StepLengths(
        model, loss: loss, optimizer: optimizer, threads: threads, context: context)
    } catch .allocation {
      return nil
    }
    guard let bytesPerExample = lengths.bytesPerExample else { return nil }
    return largestBatch(within: byteCount, lengths, notAbove: max(0, byteCount / bytesPerExample))
  }

  private static func largestBatch<S: Scalar>(
    within byteCount: Int, _ lengths: StepLengths<S>, notAbove bound: Int
  ) -> Int? {
    // Rounding makes steps, but never fewer bytes for more examples.
    var largest = 0
    var bound = bound
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
