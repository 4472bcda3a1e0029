import BatchAlgebra

/// The lengths of a workspace's buffers: what ``Workspace`` allocates and ``StepMemory`` counts.
struct WorkspaceLengths<S: Scalar>: Sendable {
  /// Which buffers there are, and what lies in them.
  let plan: BufferPlan
  /// The scalars of one example's target; 0 where the loss reads class numbers.
  let valueCount: Int
  /// The bytes that each node keeps of an example.
  let savedBytesPerExample: [Int]
  /// The bytes that each node keeps of a batch.
  let savedBytesPerBatch: [Int]
  /// The bytes that layers use for a moment, of all threads.
  let scratchBytes: Int
  /// The partial sums of all threads.
  let partialSumCount: Int

  /// One cache line of partial sums a thread.
  static var partialSumStride: Int { 8 }

  init(_ graph: ModelGraph, needsValues: Bool, trains: Bool, threads: Int) {
    plan = BufferPlan(graph, trains: trains)
    valueCount = needsValues ? graph.values[graph.output].count : 0
    savedBytesPerExample = graph.nodes.map(\.plan.savedBytesPerExample)
    savedBytesPerBatch = graph.nodes.map(\.plan.savedBytesPerBatch)
    let perThread = graph.nodes.map { trains ? $0.plan.scratchBytes.largest : $0.plan.scratchBytes.forward }.max() ?? 0
    // A length that an Int does not hold is one that no memory has.
    let (bytes, overflow) = ((perThread + 63) / 64 * 64).multipliedReportingOverflow(by: threads)
    scratchBytes = overflow ? .max : bytes
    partialSumCount = threads * Self.partialSumStride
  }

  /// The elements of one example of the batch itself: its features, what pads them included, and its target.
  var batchCounts: [Int] { [plan.buffers[plan.activations[0]].rowStride, valueCount] }

  /// The elements of one example of all buffers but that of the batch.
  var activationCounts: [Int] {
    plan.buffers.indices.filter { $0 != plan.activations[0] }.map { plan.buffers[$0].rowStride }
  }
}

/// The lengths of the buffers of ``ExampleStatistics``.
struct ExampleLengths: Sendable {
  /// The most examples that go through the network at once; nil for all of a batch.
  let largestMicroBatch: Int?
  /// The threads that each have sums of their own.
  let threads: Int
  /// The layers with parameters.
  let layers: Int
  /// Whether inner products are kept of each example, 1 or 0.
  let innerProducts: Int
  /// The inner products of all threads under way.
  let gram: Int
  /// The length of a sum of squares of gradients, and the squares of an example on the way there.
  let elementSquares: Int
  let squaresPerExample: Int
  /// A row of the widest value, a gradient of one example and a sum of such, where sums are had from those; else 0.
  let exampleRow: Int
  let exampleGradient: Int
  let exampleSum: Int

  /// The lengths for what is asked; nil where nothing is.
  init?(_ graph: ModelGraph, parameterCount: Int, microBatch: Int?, threads: Int, needs: StepNeeds) {
    guard needs.contains(.exampleNorms) else { return nil }
    let (products, squares) = (needs.contains(.innerProducts), needs.contains(.elementSquares))
    let widestRow = paddedRowStride(graph.values.map(\.storedCount).max() ?? 0)
    let usesGradients = graph.nodes.contains {
      $0.plan.exampleNorms == .fromGradient && !$0.plan.parameters.isEmpty
    }
    let block = ExampleSums<Float>.gramBlock
    largestMicroBatch = microBatch
    self.threads = threads
    layers = graph.nodes.count { !$0.plan.parameters.isEmpty }
    innerProducts = products ? 1 : 0
    gram = products ? threads * 2 * block * block : 0
    elementSquares = squares ? parameterCount : 0
    squaresPerExample = squares ? widestRow : 0
    exampleRow = usesGradients ? widestRow : 0
    exampleGradient = usesGradients ? parameterCount : 0
    exampleSum = usesGradients && products ? parameterCount : 0
  }

  /// The examples that go through the network at once, of a batch of `capacity`.
  func microBatch(_ capacity: Int) -> Int { min(largestMicroBatch ?? capacity, capacity) }

  /// The bytes for batches of up to `capacity` examples; nil where an `Int` does not hold their number.
  func byteCount<S: Scalar>(capacity: Int, of element: S.Type) -> Int? {
    let microBatch = microBatch(capacity)
    let partialSquares = microBatch < capacity ? elementSquares : 0
    guard
      let batch = BatchTraining.byteCount(of: Double.self, [1, innerProducts], times: capacity),
      let part = BatchTraining.byteCount(of: Double.self, [1, threads], times: microBatch),
      let perThread = BatchTraining.byteCount(
        of: Double.self, [threads * BackwardWeightsProduct<S>.squaresStride]),
      let moments = BatchTraining.byteCount(of: GradientMoments.self, [layers]),
      let squares = BatchTraining.byteCount(of: S.self, [squaresPerExample, squaresPerExample], times: microBatch),
      let vectors = BatchTraining.byteCount(
        of: S.self, [elementSquares, partialSquares, gram, exampleRow, exampleGradient, exampleSum])
    else { return nil }
    return sum([batch, part, perThread, moments, squares, vectors])
  }
}

/// The lengths of all buffers of a training step and its network, and in how many parts a batch goes through.
struct StepLengths<S: Scalar> {
  /// The length of the parameter vector, and of its gradient.
  let parameterCount: Int
  /// The length of the vector of running buffers.
  let runningCount: Int
  /// The length of all of the optimizer's state vectors together.
  let stateCount: Int
  /// The number of norms that an update collects; 0 for a rule without them.
  let normCount: Int
  /// The lengths of what is collected of the examples' gradients; nil where nobody asks.
  let examples: ExampleLengths?
  /// Whether the lengths of micro-batches' gradients are kept.
  let keepsMicroBatches: Bool
  /// The lengths of what a batch goes through.
  let workspace: WorkspaceLengths<S>
  /// The most examples that go through the network at once; nil for all of a batch.
  let largestMicroBatch: Int?

  init(
    parameterCount: Int, runningCount: Int, slotCount: Int, optimizer: any Optimizer, microBatch: Int?, threads: Int,
    examples: ExampleLengths? = nil, keepsMicroBatches: Bool = false, workspace: WorkspaceLengths<S>
  ) {
    self.parameterCount = parameterCount
    self.runningCount = runningCount
    stateCount = parameterCount * optimizer.stateCount
    normCount = optimizer.usesNorms ? UpdatePass<S>.normCount(parameters: slotCount, threads: threads) : 0
    self.examples = examples
    self.keepsMicroBatches = keepsMicroBatches
    self.workspace = workspace
    largestMicroBatch = microBatch
  }

  init(
    _ model: Sequential, loss: any Loss, optimizer: any Optimizer, microBatch: Int? = nil, context: ComputeContext
  ) throws(ModelError) {
    guard 1...1024 ~= context.threads else {
      throw .mismatch(ThreadTeamError.invalidCount(context.threads).description)
    }
    let graph = try ModelGraph(model, context: context)
    let layout = try ParameterLayout(graph, of: S.self)
    self.init(
      parameterCount: layout.count, runningCount: layout.bufferCount, slotCount: layout.slots.count,
      optimizer: optimizer, microBatch: microBatch, threads: context.threads,
      workspace: WorkspaceLengths(graph, needsValues: !loss.readsClasses, trains: true, threads: context.threads))
  }

  /// The number of examples that go through the network at once, of batches of up to `capacity`.
  func microBatch(capacity: Int) -> Int { min(largestMicroBatch ?? capacity, capacity) }

  /// The number of gradients in memory: the sum, and that of a micro-batch on its way there.
  func gradientCount(capacity: Int) -> Int { microBatch(capacity: capacity) < capacity ? 2 : 1 }

  /// The number of micro-batches whose gradients' lengths are kept: none where nobody asks, and where a batch goes
  /// through as a whole.
  func microBatchCount(capacity: Int) -> Int {
    let size = microBatch(capacity: capacity)
    return keepsMicroBatches && size < capacity ? capacity / size + (capacity % size > 0 ? 1 : 0) : 0
  }

  /// What one more example of a micro-batch adds, before rounding; nil where an `Int` does not hold it.
  var bytesPerExample: Int? {
    guard
      let scalars = sum(workspace.batchCounts + workspace.activationCounts),
      let saved = sum(workspace.savedBytesPerExample)
    else { return nil }
    let (bytes, overflow) = scalars.multipliedReportingOverflow(by: MemoryLayout<S>.stride)
    return overflow ? nil : sum([bytes, saved, MemoryLayout<Int32>.stride])
  }

  /// The memory for batches of up to `capacity` examples; nil where an `Int` does not hold the number of its bytes.
  func memory(capacity: Int) -> StepMemory? {
    let examples = microBatch(capacity: capacity)
    let gradients = [Int](repeating: parameterCount, count: gradientCount(capacity: capacity))
    guard
      let parameterBytes = byteCount(of: S.self, runningCount > 0 ? [parameterCount, runningCount] : [parameterCount]),
      let gradientBytes = byteCount(of: S.self, gradients),
      let stateBytes = byteCount(of: S.self, [stateCount]),
      let labelBytes = byteCount(of: Int32.self, [1], times: examples),
      let inputBytes = byteCount(of: S.self, workspace.batchCounts, times: examples),
      let batchBytes = sum([labelBytes, inputBytes]),
      let valueBytes = byteCount(of: S.self, workspace.activationCounts, times: examples),
      let savedBytes = byteCount(of: UInt8.self, workspace.savedBytesPerExample, times: examples),
      let savedBatchBytes = byteCount(of: UInt8.self, workspace.savedBytesPerBatch),
      let activationBytes = sum([valueBytes, savedBytes, savedBatchBytes]),
      let layerBytes = byteCount(of: UInt8.self, [workspace.scratchBytes]),
      let partialSumBytes = byteCount(of: Double.self, [workspace.partialSumCount]),
      let normBytes = normCount > 0 ? byteCount(of: SquaredNorms.self, [normCount]) : 0,
      let exampleBytes = self.examples == nil ? 0 : self.examples?.byteCount(capacity: capacity, of: S.self),
      let microBatchBytes = byteCount(of: MicroBatchSquare.self, [microBatchCount(capacity: capacity)]),
      let scratchBytes = sum([layerBytes, partialSumBytes, normBytes, exampleBytes, microBatchBytes]),
      // Whoever adds the parts up again need not check.
      sum([parameterBytes, gradientBytes, stateBytes, batchBytes, activationBytes, scratchBytes]) != nil,
      let bytesPerExample
    else { return nil }
    return StepMemory(
      capacity: capacity, parameterBytes: parameterBytes, gradientBytes: gradientBytes,
      optimizerStateBytes: stateBytes, batchBytes: batchBytes, activationBytes: activationBytes,
      scratchBytes: scratchBytes, bytesPerExample: bytesPerExample)
  }
}

/// The bytes of a buffer for each of the counts, `times` as long; nil where an `Int` does not hold them.
private func byteCount<Element: BitwiseCopyable>(of element: Element.Type, _ counts: [Int], times: Int = 1) -> Int? {
  var bytes: [Int] = []
  for count in counts {
    let (length, overflow) = count.multipliedReportingOverflow(by: times)
    guard !overflow, let byteCount = AlignedBuffer<Element>.byteCount(of: length) else { return nil }
    bytes.append(byteCount)
  }
  return sum(bytes)
}

/// The sum of numbers; nil where an `Int` does not hold it.
private func sum(_ numbers: [Int]) -> Int? {
  var total = 0
  for number in numbers {
    let (next, overflow) = total.addingReportingOverflow(number)
    guard !overflow else { return nil }
    total = next
  }
  return total
}
