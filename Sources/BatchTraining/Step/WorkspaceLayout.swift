import BatchAlgebra

/// The lengths of a workspace's buffers: what ``Workspace`` allocates and ``StepMemory`` counts.
struct WorkspaceLayout<S: Scalar>: Sendable {
  /// The number of features of an example: before the first layer, and after each.
  let widths: [Int]

  /// The scalars of one example's input, what pads it included.
  let inputCount: Int
  /// The scalars of one example's target; 0 where the loss reads class numbers.
  let valueCount: Int
  /// The scalars of one example's output of each layer, what pads it included.
  let outputCounts: [Int]
  /// The scalars that each layer keeps of one example from forward to backward.
  let savedCounts: [Int]
  /// The scalars of one example's gradient of each layer's output; nothing where only a forward pass is asked for.
  let travellingCounts: [Int]

  /// The scalars that products keep for a moment, whatever the batch.
  let scratchCount: Int
  /// The partial sums of all threads, whatever the batch.
  let partialSumCount: Int

  /// One cache line of partial sums a thread.
  static var partialSumStride: Int { 8 }

  init(
    layers: [any Layer], shapes: [[Int]], needsValues: Bool, trains: Bool, threads: Int,
    instructionSet: InstructionSet
  ) {
    widths = shapes.map { $0.reduce(1, *) }
    inputCount = paddedRowStride(widths[0])
    valueCount = needsValues ? widths[layers.count] : 0
    outputCounts = widths.dropFirst().map { paddedRowStride($0) }
    savedCounts = zip(layers, shapes).map { $0.savedCount(for: $1) }
    travellingCounts = trains ? outputCounts : []
    scratchCount =
      trains
      ? ProductScratch<S>.count(threads: threads, widest: widths.max() ?? 0, instructionSet: instructionSet) : 0
    partialSumCount = threads * Self.partialSumStride
  }

  /// The layout for a network that there is.
  init(_ network: Network<S>, targets: TargetKind, trains: Bool, team: ThreadTeam) {
    self.init(
      layers: network.layers, shapes: network.shapes, needsValues: targets.needsValues, trains: trains,
      threads: team.threads, instructionSet: network.context.instructionSet)
  }
}
