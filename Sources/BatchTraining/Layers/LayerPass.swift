public import BatchAlgebra

/// The memory of one layer for one batch, and where the pass stands.
///
/// Rows of the four matrices are `paddedRowStride(_:)` of their columns apart. What lies between a row's end and the
/// next row, and between the channels of positions, is zero when a layer gets it and must be zero when the layer is
/// done: kernels compute with it.
public struct LayerPass<S: Scalar> {
  /// The layer's plan.
  public let plan: LayerPlan
  /// The shape of one example's input.
  public let inputShape: ActivationShape
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
  /// One slot for each of the layer's parameters.
  public let slots: ArraySlice<ParameterSlot>
  /// One slot for each of the layer's running buffers.
  public let bufferSlots: ArraySlice<BufferSlot>
  /// The network's whole parameter vector.
  public let parameters: UnsafeMutablePointer<S>
  /// The network's whole gradient vector; nil in a forward pass.
  public let gradient: UnsafeMutablePointer<S>?
  /// The network's vector of running buffers; nil where no layer keeps any.
  public let buffers: UnsafeMutablePointer<S>?
  /// The optimizer's update, to be done by the layer itself in its backward pass; nil where the gradient is asked for.
  public let update: LayerUpdate<S>?
  /// [batch]; where a backward pass adds the squared norm of each example's gradient of the layer's parameters, if the
  /// plan says that it does so itself; nil where nobody asks.
  public let exampleNorms: UnsafeMutablePointer<Double>?
  /// Each thread's memory for a moment.
  public let scratch: LayerScratch
  /// Where in a training run the pass stands; nil outside training.
  public let position: StepPosition?
  /// What the bits of a result depend on beside its operands.
  public let context: ComputeContext
  /// The plans of the layer's products, kept from step to step; without them each is made anew.
  public let gemmPlans: GEMMPlans?
  /// Where a backward pass marks the ends of its parts; nil in a forward pass and where nobody asks for times.
  public let phases: StepPhaseTimes?
  /// The threads to run on.
  public let team: ThreadTeam

  /// The memory of a pass: for a forward pass alone without gradients.
  public init(
    plan: LayerPlan, inputShape: ActivationShape, input: MatrixView<S>, output: MutableMatrixView<S>,
    outputGradient: MutableMatrixView<S>? = nil, inputGradient: MutableMatrixView<S>? = nil,
    savedPerExample: UnsafeMutableRawPointer, savedPerBatch: UnsafeMutableRawPointer,
    slots: ArraySlice<ParameterSlot>, bufferSlots: ArraySlice<BufferSlot>, parameters: UnsafeMutablePointer<S>,
    gradient: UnsafeMutablePointer<S>? = nil, buffers: UnsafeMutablePointer<S>? = nil, update: LayerUpdate<S>? = nil,
    exampleNorms: UnsafeMutablePointer<Double>? = nil, scratch: LayerScratch, position: StepPosition? = nil,
    context: ComputeContext, gemmPlans: GEMMPlans? = nil, phases: StepPhaseTimes? = nil, team: ThreadTeam
  ) {
    self.plan = plan
    self.inputShape = inputShape
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.inputGradient = inputGradient
    self.savedPerExample = savedPerExample
    self.savedPerBatch = savedPerBatch
    self.slots = slots
    self.bufferSlots = bufferSlots
    self.parameters = parameters
    self.gradient = gradient
    self.buffers = buffers
    self.update = update
    self.exampleNorms = exampleNorms
    self.scratch = scratch
    self.position = position
    self.context = context
    self.gemmPlans = gemmPlans
    self.phases = phases
    self.team = team
  }

  /// How a product of the layer's dense weight, its first parameter, is computed.
  public func gemmPlan(_ product: GEMMPlan.Pass) -> GEMMPlan {
    let weight = slot(0)
    return gemmPlans?.plan(product, batch: batch)
      ?? GEMMPlan(
        product, batch: batch, inputs: weight.shape[0], outputs: weight.shape[1], layout: weight.layout,
        context: context)
  }

  /// Whether the pass is part of training, and not of an evaluation.
  public var isTraining: Bool { position != nil }

  /// The number of examples.
  public var batch: Int { input.rows }

  /// The slot of the layer's parameter number `index`.
  public func slot(_ index: Int) -> ParameterSlot { slots[slots.startIndex + index] }

  /// The first element of the layer's parameter number `index`.
  public func parameter(_ index: Int) -> UnsafeMutablePointer<S> { parameters + slot(index).offset }

  /// The first element of the gradient of the layer's parameter number `index`; only in a backward pass.
  public func parameterGradient(_ index: Int) -> UnsafeMutablePointer<S> {
    guard let gradient else { preconditionFailure("a forward pass has no gradients") }
    return gradient + slot(index).offset
  }

  /// The first element of the layer's running buffer number `index`.
  public func buffer(_ index: Int) -> UnsafeMutablePointer<S> {
    guard let buffers else { preconditionFailure("the layer has planned no running buffers") }
    return buffers + bufferSlots[bufferSlots.startIndex + index].offset
  }

  /// The layer's dense weight number `index`, [in, out] as its parameter says.
  public func weight(_ index: Int) -> WeightView<S> { weightView(index, at: parameter(index)) }

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

  private func weightView(_ index: Int, at address: UnsafeMutablePointer<S>) -> WeightView<S> {
    let slot = slot(index)
    return WeightView(
      address, inputs: slot.shape[0], outputs: slot.shape[1], layout: slot.layout,
      instructionSet: context.instructionSet)
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
