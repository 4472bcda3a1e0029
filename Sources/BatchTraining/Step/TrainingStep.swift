public import BatchAlgebra
public import BatchData

/// One step of training: gather, forward, loss, backward, update; allocates nothing.
///
/// The step owns the gradient vector and the optimizer's state. It takes any batch up to its capacity; one larger than
/// ``microBatch`` goes through the network in parts, the last of which has what is left. Called, it may update weights
/// while it computes their gradient, and then does not write the gradient out; who needs that calls
/// ``computeGradient(_:)`` and ``update()``, which end with the same parameters.
public final class TrainingStep<S: Scalar> {
  /// The network that is trained.
  public let network: Network<S>
  /// The loss that is made small.
  public let loss: Loss
  /// The update rule; its numbers may be changed between steps, what state it has may not.
  ///
  /// Not observed: its rate could then not be set without an allocation.
  public var optimizer: any Optimizer
  /// Clipping and label smoothing; the rest is not the step's.
  public let regularisation: Regularisation
  /// The gradient of the last step's mean loss, in the parameters' layout; clipped once it was used for an update.
  public let gradient: AlignedBuffer<S>
  /// The largest batch.
  public let capacity: Int
  /// The largest number of examples that go through the network at once.
  public var microBatch: Int { workspace.capacity }
  /// The layers for which a batch in micro-batches is not what one large batch is; none without micro-batches.
  public let accumulationWarnings: [CoupledLayer]
  /// The bytes that the step and its network take.
  public let memory: StepMemory

  /// Where the step records what time each of its phases takes; without one, as at first, no clock is read.
  public var phaseTimes: StepPhaseTimes?
  /// The number of updates so far.
  public internal(set) var updates = 0
  /// The Euclidean norm of the last update's gradient before it was clipped; nil before and without clipping.
  public private(set) var lastGradientNorm: Double?

  /// The optimizer's state.
  let state: StateVectors<S>
  private let stateNames: [String]
  private let stateMemory: AlignedBuffer<S>
  private let norms: AlignedBuffer<SquaredNorms>?
  let workspace: Workspace<S>
  private let partialGradient: AlignedBuffer<S>?
  /// What pads the parameters, for updates that do not know of it.
  private lazy var padding = network.slots.flatMap(\.padding)
  private let seed: UInt64
  private let dataset: Dataset

  /// Plans the memory for batches of up to `capacity` examples of the data set.
  ///
  /// At most `microBatch` of them go through the network at once, the last part having what is left; where that is nil,
  /// all of them. `seed` is that of the run, for layers that draw random numbers.
  ///
  /// - Throws: ``ModelError`` when network, data, loss and regularisation do not fit or memory is short.
  public init(
    _ network: Network<S>, on dataset: Dataset, loss: Loss, optimizer: any Optimizer, capacity: Int,
    microBatch: Int? = nil, regularisation: Regularisation = .none, seed: UInt64 = 0, team: ThreadTeam
  ) throws(ModelError) {
    try regularisation.requireFit(loss)
    guard network.inputCount == dataset.featureCount else {
      throw .mismatch(
        "the network takes \(network.inputCount) inputs and the data has \(dataset.featureCount) features")
    }
    let targets = try TargetKind(loss: loss, dataset: dataset, outputs: network.outputCount)
    let layout = WorkspaceLayout(network, targets: targets, trains: true, team: team)
    let lengths = StepLengths(
      parameterCount: network.parameters.count, slotCount: network.slots.count, optimizer: optimizer,
      microBatch: microBatch, threads: team.threads, workspace: layout)
    memory = try StepMemory(lengths, capacity: capacity)
    workspace = try Workspace(
      network, layout: layout, targets: targets, capacity: lengths.microBatch(capacity: capacity), team: team)
    let accumulates = lengths.gradientCount(capacity: capacity) > 1
    do {
      gradient = try AlignedBuffer(count: lengths.parameterCount)
      partialGradient = accumulates ? try AlignedBuffer(count: lengths.parameterCount) : nil
      stateMemory = try AlignedBuffer(count: lengths.stateCount)
      norms = lengths.normCount > 0 ? try AlignedBuffer(count: lengths.normCount) : nil
    } catch {
      throw .allocation(error)
    }
    stateNames = optimizer.stateNames
    state = StateVectors(
      stateMemory, count: optimizer.stateCount, instructionSet: network.context.instructionSet)
    for index in 0..<state.count {
      // What pads parameters has a gradient of 0, and stays 0 whatever its state is.
      state[index, at: 0]?.update(repeating: S(optimizer.initialState(index)), count: state.stride)
    }
    self.network = network
    self.dataset = dataset
    self.loss = loss
    self.optimizer = optimizer
    self.capacity = capacity
    self.regularisation = regularisation
    self.seed = seed
    accumulationWarnings = accumulates ? network.coupledLayers : []
  }

  /// Trains on the examples with the given indices and returns their loss before the update.
  ///
  /// Where the loss is no number nothing is updated: the parameters stay those that gave it, to be looked at.
  ///
  /// Indices are between 1 and ``capacity`` row numbers of the data set.
  @specialized(where S == Float)
  @specialized(where S == Double)
  @discardableResult
  public func callAsFunction(_ indices: UnsafeBufferPointer<Int32>) -> LossResult {
    phaseTimes?.start()
    requireState()
    guard network.context.engine != .openBLAS, regularisation.clipping == nil, indices.count <= microBatch,
      let update = LayerUpdate(optimizer, step: updates + 1, state: state)
    else {
      let result = computeGradient(indices)
      if result.total.isFinite { update() }
      return result
    }
    phaseTimes?.end(.other)
    let result = forward(indices, firstExample: 0, of: indices.count)
    guard result.total.isFinite else { return result }
    workspace.backward(
      batch: indices.count, place: place(firstExample: 0), gradient: gradient.baseAddress, update: update,
      phases: phaseTimes)
    updates += 1
    return result
  }

  /// The loss of the examples with the given indices; leaves the gradient of its mean in ``gradient``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func computeGradient(_ indices: UnsafeBufferPointer<Int32>) -> LossResult {
    computeGradient(indices) { _ in }
  }

  /// The same; calls `look` while the activations of each micro-batch are there, with the number of its examples.
  func computeGradient(_ indices: UnsafeBufferPointer<Int32>, _ look: (_ examples: Int) -> Void) -> LossResult {
    phaseTimes?.start()
    var result = gradientOfMicroBatch(indices, from: 0, into: gradient)
    look(result.examples)
    guard let partialGradient else { return result }
    for first in stride(from: microBatch, to: indices.count, by: microBatch) {
      let part = gradientOfMicroBatch(indices, from: first, into: partialGradient)
      look(part.examples)
      result.add(part)
      workspace.team.run(
        GradientSumTask(
          instructionSet: network.context.instructionSet, count: gradient.count,
          part: UnsafePointer(partialGradient.baseAddress), sum: gradient.baseAddress))
      phaseTimes?.end(.backwardWeights)
    }
    return result
  }

  /// The loss of the micro-batch that begins with example `first`, and its part of the gradient of the mean loss.
  private func gradientOfMicroBatch(
    _ indices: UnsafeBufferPointer<Int32>, from first: Int, into gradient: AlignedBuffer<S>
  ) -> LossResult {
    let part = UnsafeBufferPointer(rebasing: indices[first..<min(first + microBatch, indices.count)])
    let result = forward(part, firstExample: first, of: indices.count)
    workspace.backward(
      batch: part.count, place: place(firstExample: first), gradient: gradient.baseAddress, phases: phaseTimes)
    return result
  }

  /// The loss, with the gradient of what it contributes to the mean of `examples` examples left where the backward pass
  /// begins.
  private func forward(
    _ indices: UnsafeBufferPointer<Int32>, firstExample: Int, of examples: Int
  ) -> LossResult {
    precondition(examples >= 1 && examples <= capacity, "a batch of \(examples) does not fit 1 … \(capacity)")
    workspace.load(dataset, indices)
    phaseTimes?.end(.data)
    let outputs = workspace.forward(batch: indices.count, place: place(firstExample: firstExample))
    phaseTimes?.end(.forward)
    let result = workspace.evaluate(
      loss, smoothing: regularisation.labelSmoothing, outputs: outputs,
      gradient: workspace.outputGradient(batch: indices.count), of: examples)
    phaseTimes?.end(.loss)
    return result
  }

  /// Where the run stands; the workspace fills in the layer.
  private func place(firstExample: Int) -> PassPlace {
    PassPlace(seed: seed, layer: 0, update: updates, firstExample: firstExample)
  }

  /// Updates the parameters from ``gradient``, which is clipped first where that is asked for.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update() {
    phaseTimes?.start()
    requireState()
    if let clipping = regularisation.clipping {
      lastGradientNorm = workspace.clip(gradient.baseAddress, clipping)
    }
    let step = updates + 1
    let pass = UpdatePass(
      optimizer, step: step, of: workspace.ranges[...], parameters: network.parameters.baseAddress,
      gradient: UnsafePointer(gradient.baseAddress), state: state, norms: norms?.baseAddress)
    pass.run(on: workspace.team)
    if pass.isCustom {
      for range in padding {
        (network.parameters.baseAddress + range.lowerBound).update(repeating: 0, count: range.count)
      }
    }
    phaseTimes?.end(.update)
    updates = step
  }

  /// The Euclidean norm of ``gradient``.
  var gradientNorm: Double { workspace.norm(gradient.baseAddress) }

  private func requireState() {
    precondition(
      optimizer.stateNames == stateNames,
      "\(optimizer) has other state than the optimizer that this step was made for")
  }
}
