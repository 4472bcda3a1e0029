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
    guard capacity > 0 else { throw .mismatch("a batch capacity must be at least 1, not \(capacity)") }
    guard network.inputCount == dataset.featureCount else {
      throw .mismatch(
        "the network takes \(network.inputCount) inputs and the data has \(dataset.featureCount) features")
    }
    let targets = try TargetKind(loss: loss, dataset: dataset, outputs: network.outputCount)
    workspace = try Workspace(network: network, targets: targets, capacity: capacity, trains: true, team: team)
    do {
      gradient = try AlignedBuffer(count: network.parameters.count)
      state = try AlignedBuffer(count: network.parameters.count * optimizer.stateCount)
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
    guard network.engine == .kernels, let rule = optimizer.kernelRule(step: updates + 1) else {
      let result = computeGradient(indices)
      update()
      return result
    }
    let result = forward(indices)
    workspace.backward(
      batch: indices.count, gradient: gradient.baseAddress,
      update: workspace.layerUpdate(rule, stateCount: optimizer.stateCount, state: state))
    updates += 1
    return result
  }

  /// The loss of the examples with the given indices; leaves the gradient of its mean in ``gradient``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func computeGradient(_ indices: UnsafeBufferPointer<Int32>) -> LossResult {
    let result = forward(indices)
    workspace.backward(batch: indices.count, gradient: gradient.baseAddress)
    return result
  }

  /// The loss, with its gradient left where the backward pass begins.
  private func forward(_ indices: UnsafeBufferPointer<Int32>) -> LossResult {
    precondition(
      indices.count >= 1 && indices.count <= capacity, "a batch of \(indices.count) does not fit 1 … \(capacity)")
    workspace.load(dataset, indices)
    let outputs = workspace.forward(batch: indices.count)
    return workspace.evaluate(loss, outputs: outputs, gradient: workspace.outputGradient(batch: indices.count))
  }

  /// Updates the parameters from ``gradient``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update() {
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
