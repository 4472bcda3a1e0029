public import BatchAlgebra

/// The memory of one layer for one batch, and where the pass stands.
///
/// Rows of the four matrices are `paddedRowStride(_:)` of their columns apart. What lies between a row's end and the
/// next row, and between the channels of positions, is zero when a layer gets it and must be zero when the layer is
/// done: kernels compute with it.
public struct LayerPass<S: Scalar> {
  /// What is the same in every pass of the layer.
  public let layer: PlannedLayer<S>
  /// [batch, stored features of the input].
  public let input: MatrixView<S>
  /// [batch, stored features of the output]; written by forward, read by backward.
  public let output: MutableMatrixView<S>
  /// [batch, stored features of the output]; the gradient of the loss with respect to the output; nil in a forward
  /// pass.
  public let outputGradient: MutableMatrixView<S>?
  /// [batch, stored features of the input]; written by backward; nil where nobody needs it, as below the first layer.
  public let inputGradient: MutableMatrixView<S>?
  /// What is kept from forward to backward: ``LayerPlan/savedBytesPerExample`` for each example, one after another.
  public let savedPerExample: UnsafeMutableRawPointer
  /// The ``LayerPlan/savedBytesPerBatch`` that are kept of the batch.
  public let savedPerBatch: UnsafeMutableRawPointer
  /// The network's whole gradient vector; nil in a forward pass.
  public let gradient: UnsafeMutablePointer<S>?
  /// The optimizer's update, to be done by the layer itself in its backward pass; nil where the gradient is asked for.
  public let update: LayerUpdate<S>?
  /// What a backward pass tells of the examples' own gradients, if the plan says that it does so itself; nil where
  /// nobody asks.
  public let examples: ExampleSums<S>?
  /// Where in a training run the pass stands; nil outside training.
  public let position: StepPosition?
  /// Where a backward pass marks the ends of its parts; nil in a forward pass and where nobody asks for times.
  public let phases: StepPhaseTimes?

  /// The memory of a pass: for a forward pass alone without gradients.
  public init(
    _ layer: PlannedLayer<S>, input: MatrixView<S>, output: MutableMatrixView<S>,
    outputGradient: MutableMatrixView<S>? = nil, inputGradient: MutableMatrixView<S>? = nil,
    savedPerExample: UnsafeMutableRawPointer, savedPerBatch: UnsafeMutableRawPointer,
    gradient: UnsafeMutablePointer<S>? = nil, update: LayerUpdate<S>? = nil,
    examples: ExampleSums<S>? = nil, position: StepPosition? = nil, phases: StepPhaseTimes? = nil
  ) {
    self.layer = layer
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.inputGradient = inputGradient
    self.savedPerExample = savedPerExample
    self.savedPerBatch = savedPerBatch
    self.gradient = gradient
    self.update = update
    self.examples = examples
    self.position = position
    self.phases = phases
  }

  /// The layer's plan.
  public var plan: LayerPlan { layer.plan }

  /// The shape of one example's input.
  public var inputShape: ActivationShape { layer.inputShape }

  /// What the bits of a result depend on beside its operands.
  public var context: ComputeContext { layer.context }

  /// The threads to run on.
  public var team: ThreadTeam { layer.team }

  /// Each thread's memory for a moment.
  public var scratch: LayerScratch { layer.scratch }

  /// The network's whole parameter vector.
  public var parameters: UnsafeMutablePointer<S> { layer.parameters }

  /// How a product of the layer's dense weight, its first parameter, is computed.
  public func gemmPlan(_ product: GEMMPlan.Pass) -> GEMMPlan {
    guard let plans = layer.gemmPlans else { preconditionFailure("the layer's first parameter is no matrix") }
    return plans.plan(product, batch: batch)
  }

  /// Whether the pass is part of training, and not of an evaluation.
  public var isTraining: Bool { position != nil }

  /// The number of examples.
  public var batch: Int { input.rows }

  /// The slot of the layer's parameter number `index`.
  public func slot(_ index: Int) -> ParameterSlot { layer.slots[index] }

  /// The first element of the layer's parameter number `index`.
  public func parameter(_ index: Int) -> UnsafeMutablePointer<S> { layer.parameters + layer.slots[index].offset }

  /// The first element of the gradient of the layer's parameter number `index`; only in a backward pass.
  public func parameterGradient(_ index: Int) -> UnsafeMutablePointer<S> {
    guard let gradient else { preconditionFailure("a forward pass has no gradients") }
    return gradient + layer.slots[index].offset
  }

  /// The first element of the layer's running buffer number `index`.
  public func buffer(_ index: Int) -> UnsafeMutablePointer<S> {
    guard let buffers = layer.buffers else { preconditionFailure("the layer has planned no running buffers") }
    return buffers + layer.bufferSlots[index].offset
  }

  /// The layer's dense weight number `index`, [in, out] as its parameter says.
  public func weight(_ index: Int) -> WeightView<S> { weight(index, in: layer.parameters) }

  /// The gradient of the layer's dense weight number `index`; only in a backward pass.
  public func weightGradient(_ index: Int) -> WeightView<S> { weightView(index, at: parameterGradient(index)) }

  /// What is kept of each example, as a matrix [batch, `columns`] of the network's numbers.
  public func saved(columns: Int) -> MutableMatrixView<S> {
    precondition(
      columns * MemoryLayout<S>.stride <= plan.savedBytesPerExample,
      "\(columns) numbers an example do not fit into the \(plan.savedBytesPerExample) bytes of the plan")
    return MutableMatrixView(
      savedPerExample.assumingMemoryBound(to: S.self), rows: batch, columns: columns,
      rowStride: plan.savedBytesPerExample / MemoryLayout<S>.stride)
  }

  /// What belongs to the layer's dense weight number `index` in a vector that is laid out like the parameters.
  func weight(_ index: Int, in vector: UnsafeMutablePointer<S>) -> WeightView<S> {
    weightView(index, at: vector + slot(index).offset)
  }

  private func weightView(_ index: Int, at address: UnsafeMutablePointer<S>) -> WeightView<S> {
    let shape = layer.slots[index].shape
    return WeightView(
      address, inputs: shape[0], outputs: shape[1], layout: layer.slots[index].layout,
      instructionSet: layer.context.instructionSet)
  }
}

/// What is the same in every pass of one layer of a network: made once, so that a pass is a few addresses.
public final class PlannedLayer<S: Scalar> {
  /// The layer's plan.
  public let plan: LayerPlan
  /// The shape of one example's input.
  public let inputShape: ActivationShape
  /// One slot for each of the layer's parameters.
  public let slots: [ParameterSlot]
  /// One slot for each of the layer's running buffers.
  public let bufferSlots: [BufferSlot]
  /// The network's whole parameter vector.
  public let parameters: UnsafeMutablePointer<S>
  /// The network's vector of running buffers; nil where no layer keeps any.
  public let buffers: UnsafeMutablePointer<S>?
  /// Each thread's memory for a moment.
  public let scratch: LayerScratch
  /// What the bits of a result depend on beside its operands.
  public let context: ComputeContext
  /// The threads to run on.
  public let team: ThreadTeam
  /// The plans of the products of the layer's first parameter; nil where that is no matrix.
  let gemmPlans: GEMMPlans?

  /// The layer of node number `node` of a network, which must outlive it, on a team; `scratch` is as large for each
  /// thread as the layer's plan asks for.
  public init(_ network: Network<S>, node: Int, scratch: LayerScratch, team: ThreadTeam) {
    let graph = network.graph
    plan = graph.nodes[node].plan
    inputShape = graph.values[graph.nodes[node].inputs[0]]
    slots = Array(network.slots(ofNode: node))
    bufferSlots = Array(network.bufferSlots(ofNode: node))
    parameters = network.parameters.baseAddress
    buffers = network.buffers?.baseAddress
    self.scratch = scratch
    self.team = team
    var context = network.context
    context.threads = team.threads
    self.context = context
    gemmPlans = slots.first.flatMap { weight in
      weight.shape.count == 2
        ? GEMMPlans(inputs: weight.shape[0], outputs: weight.shape[1], layout: weight.layout, context: context) : nil
    }
  }
}

/// Memory that layers use for a moment, a part of it for each thread of a team.
public struct LayerScratch: @unchecked Sendable {
  /// The first byte; on a cache line.
  public let baseAddress: UnsafeMutableRawPointer
  /// The distance from one thread's part to the next; a multiple of a cache line.
  public let bytesPerThread: Int

  /// Scratch in memory of `bytesPerThread` bytes a thread that somebody else owns.
  public init(_ baseAddress: UnsafeMutableRawPointer, bytesPerThread: Int) {
    self.baseAddress = baseAddress
    self.bytesPerThread = bytesPerThread
  }

  /// The first byte of a thread's part.
  public func part(thread: Int) -> UnsafeMutableRawPointer { baseAddress + thread * bytesPerThread }
}

/// Where in a training run a pass of a layer stands: what a layer's random numbers depend on.
///
/// They are computed from it and not drawn one after another, so that nothing needs to be kept to resume a run, and an
/// example gets the same ones however its batch is cut.
public struct StepPosition: Sendable, Hashable {
  /// The seed of the run.
  public var seed: UInt64
  /// The number of the layer's node in the network.
  public var node: Int
  /// The number of updates before this one.
  public var update: Int
  /// The place in the update's batch of the pass's first example.
  public var firstExample: Int

  /// A position with all of its parts.
  public init(seed: UInt64, node: Int, update: Int, firstExample: Int = 0) {
    self.seed = seed
    self.node = node
    self.update = update
    self.firstExample = firstExample
  }
}
