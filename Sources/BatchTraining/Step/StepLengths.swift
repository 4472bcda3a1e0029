import BatchAlgebra

/// The lengths of all buffers of a training step and its network, and how many examples go through at once.
struct StepLengths<S: Scalar> {
  /// The length of the parameter vector, and of its gradient.
  let parameterCount: Int
  /// The length of all of the optimizer's state vectors together.
  let stateCount: Int
  /// The number of norms that an update collects; 0 for a rule without them.
  let normCount: Int
  /// The lengths of what a batch goes through.
  let workspace: WorkspaceLayout<S>
  /// The most examples that go through the network at once, where it was said how many.
  let largestMicroBatch: Int?

  init(
    parameterCount: Int, slotCount: Int, optimizer: any Optimizer, microBatch: Int?, threads: Int,
    workspace: WorkspaceLayout<S>
  ) {
    self.parameterCount = parameterCount
    stateCount = parameterCount * optimizer.stateCount
    normCount = optimizer.usesNorms ? UpdatePass<S>.normCount(parameters: slotCount, threads: threads) : 0
    self.workspace = workspace
    largestMicroBatch = microBatch
  }

  init(
    _ model: Sequential, loss: Loss, optimizer: any Optimizer, microBatch: Int? = nil, threads: Int,
    context: ComputeContext?
  ) throws(ModelError) {
    guard 1...1024 ~= threads else { throw .mismatch(ThreadTeamError.invalidCount(threads).description) }
    let context = context ?? ComputeContext(for: S.self, threads: threads)
    let parameters = try ParameterLayout(model, of: S.self, context)
    self.init(
      parameterCount: parameters.count, slotCount: parameters.slots.count, optimizer: optimizer,
      microBatch: microBatch, threads: threads,
      workspace: WorkspaceLayout(
        layers: model.layers, shapes: parameters.shapes, needsValues: loss.needsValues, trains: true,
        threads: threads, instructionSet: context.instructionSet))
  }

  /// The number of examples that go through the network at once, of batches of up to `capacity`.
  func microBatch(capacity: Int) -> Int {
    min(largestMicroBatch ?? capacity, capacity)
  }

  /// The number of gradients in memory: the sum, and that of a micro-batch on its way there.
  func gradientCount(capacity: Int) -> Int { microBatch(capacity: capacity) < capacity ? 2 : 1 }

  /// What one more example of a micro-batch adds, before rounding; nil where an `Int` does not hold it.
  var bytesPerExample: Int? {
    guard let scalars = sum([workspace.inputCount, workspace.valueCount] + activationCounts) else { return nil }
    let (bytes, overflow) = scalars.multipliedReportingOverflow(by: MemoryLayout<S>.stride)
    return overflow ? nil : sum([bytes, MemoryLayout<Int32>.stride])
  }

  private var activationCounts: [Int] {
    workspace.outputCounts + workspace.savedCounts + workspace.travellingCounts
  }

  /// The memory for batches of up to `capacity` examples; nil where an `Int` does not hold the number of its bytes.
  func memory(capacity: Int) -> StepMemory? {
    let examples = microBatch(capacity: capacity)
    let gradients = [Int](repeating: parameterCount, count: gradientCount(capacity: capacity))
    guard
      let parameterBytes = byteCount(of: S.self, [parameterCount]),
      let gradientBytes = byteCount(of: S.self, gradients),
      let stateBytes = byteCount(of: S.self, [stateCount]),
      let labelBytes = byteCount(of: Int32.self, [1], times: examples),
      let exampleBytes = byteCount(of: S.self, [workspace.inputCount, workspace.valueCount], times: examples),
      let batchBytes = sum([labelBytes, exampleBytes]),
      let activationBytes = byteCount(of: S.self, activationCounts, times: examples),
      let productBytes = byteCount(of: S.self, [workspace.scratchCount]),
      let partialSumBytes = byteCount(of: Double.self, [workspace.partialSumCount]),
      let normBytes = normCount > 0 ? byteCount(of: SquaredNorms.self, [normCount]) : 0,
      let scratchBytes = sum([productBytes, partialSumBytes, normBytes]),
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
