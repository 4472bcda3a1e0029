public import BatchAlgebra
public import BatchData

/// One step of training: gather, forward, loss, backward, update; allocates nothing.
///
/// The step owns the gradient vector and the optimizer's state. It takes any batch up to its capacity. Called, it may
/// update weights while it computes their gradient, and then does not write the gradient out; who needs that calls
/// ``computeGradient(_:)`` and ``update()``, which end with the same parameters.
public final class TrainingStep<S: Scalar> {
  /// The network that is trained.
  public let network: Network<S>
  /// The loss that is made small.
  public let loss: Loss
  /// The update rule; its learning rate may be changed between steps.
  public var optimizer: any Optimizer
  /// The gradient of the last step's mean loss, in the parameters' layout.
  public let gradient: AlignedBuffer<S>
  /// The largest batch.
  public var capacity: Int { workspace.capacity }
  /// The bytes that the step and its network take.
  public let memory: StepMemory

  /// Where the step records what time each of its phases takes; without one, as at first, no clock is read.
  public var phaseTimes: StepPhaseTimes?
  /// The number of updates so far.
  public private(set) var updates = 0

  private let workspace: Workspace<S>
  private let state: AlignedBuffer<S>
  private let dataset: Dataset

  /// Plans the memory for batches of up to `capacity` examples of the data set.
  ///
  /// - Throws: ``ModelError`` when network, data and loss do not fit or memory is short.
  public init(
    _ network: Network<S>, on dataset: Dataset, loss: Loss, optimizer: any Optimizer, capacity: Int, team: ThreadTeam
  ) throws(ModelError) {
    guard network.inputCount == dataset.featureCount else {
      throw .mismatch(
        "the network takes \(network.inputCount) inputs and the data has \(dataset.featureCount) features")
    }
    let targets = try TargetKind(loss: loss, dataset: dataset, outputs: network.outputCount)
    let layout = WorkspaceLayout(network, targets: targets, trains: true, team: team)
    let lengths = StepLengths(parameterCount: network.parameters.count, optimizer: optimizer, workspace: layout)
    memory = try StepMemory(lengths, capacity: capacity)
    workspace = try Workspace(network, layout: layout, targets: targets, capacity: capacity, team: team)
    do {
      gradient = try AlignedBuffer(count: lengths.parameterCount)
      state = try AlignedBuffer(count: lengths.stateCount)
    } catch {
      throw .allocation(error)
    }
    self.network = network
    self.dataset = dataset
    self.loss = loss
    self.optimizer = optimizer
  }

  /// Trains on the examples with the given indices and returns their loss before the update.
  ///
  /// Indices are between 1 and ``capacity`` row numbers of the data set.
  @specialized(where S == Float)
  @specialized(where S == Double)
  @discardableResult
  public func callAsFunction(_ indices: UnsafeBufferPointer<Int32>) -> LossResult {
    phaseTimes?.start()
    guard network.engine == .kernels, let rule = optimizer.kernelRule(step: updates + 1) else {
      let result = computeGradient(indices)
      update()
      return result
    }
    phaseTimes?.end(.other)
    let result = forward(indices)
    workspace.backward(
      batch: indices.count, gradient: gradient.baseAddress,
      update: workspace.layerUpdate(rule, stateCount: optimizer.stateCount, state: state), phases: phaseTimes)
    updates += 1
    return result
  }

  /// The loss of the examples with the given indices; leaves the gradient of its mean in ``gradient``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func computeGradient(_ indices: UnsafeBufferPointer<Int32>) -> LossResult {
    phaseTimes?.start()
    let result = forward(indices)
    workspace.backward(batch: indices.count, gradient: gradient.baseAddress, phases: phaseTimes)
    return result
  }

  /// The loss, with its gradient left where the backward pass begins.
  private func forward(_ indices: UnsafeBufferPointer<Int32>) -> LossResult {
    precondition(
      indices.count >= 1 && indices.count <= capacity, "a batch of \(indices.count) does not fit 1 … \(capacity)")
    workspace.load(dataset, indices)
    phaseTimes?.end(.data)
    let outputs = workspace.forward(batch: indices.count)
    phaseTimes?.end(.forward)
    let result = workspace.evaluate(
      loss, outputs: outputs, gradient: workspace.outputGradient(batch: indices.count))
    phaseTimes?.end(.loss)
    return result
  }

  /// Updates the parameters from ``gradient``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update() {
    phaseTimes?.start()
    let all = 0..<network.parameters.count
    if let rule = optimizer.kernelRule(step: updates + 1) {
      let update = workspace.layerUpdate(rule, stateCount: optimizer.stateCount, state: state)
      workspace.apply(update, to: all, gradient: gradient.baseAddress)
    } else {
      workspace.team.run(
        OptimizerUpdateTask(
          optimizer: optimizer, range: all, parameters: network.parameters.baseAddress,
          gradient: UnsafePointer(gradient.baseAddress), state: optimizer.stateCount > 0 ? state.baseAddress : nil,
          step: updates + 1))
    }
    phaseTimes?.end(.update)
    updates += 1
  }
}

/// Each thread updates a part of the parameters by a rule of the optimizer's own.
private struct OptimizerUpdateTask<S: Scalar>: TeamTask {
  let optimizer: any Optimizer
  let range: Range<Int>
  let parameters: UnsafeMutablePointer<S>
  let gradient: UnsafePointer<S>
  let state: UnsafeMutablePointer<S>?
  let step: Int

  func run(thread: Int, of threads: Int) {
    let share = updateShare(of: range, thread: thread, threads: threads)
    guard !share.isEmpty else { return }
    optimizer.update(
      parameters: parameters, gradient: gradient, state: state, stateStride: range.count, range: share, step: step)
  }
}
