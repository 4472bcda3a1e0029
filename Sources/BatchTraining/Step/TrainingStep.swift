public import BatchAlgebra
public import BatchData
import BatchFoundation

/// One step of training: examples, forward, loss, backward, update; allocates nothing.
///
/// The step owns the gradient vector and the optimizer's state. It takes any batch up to its capacity; one larger than
/// ``microBatch`` goes through the network in parts, the last of which has what is left. Called, it may update weights
/// while it computes their gradient, and then does not write the gradient out; who needs that calls
/// ``computeGradient(_:observing:)`` and ``update()``, which end with the same parameters.
public final class TrainingStep<S: Scalar> {
  /// The network that is trained.
  public let network: Network<S>
  /// What the examples look like.
  public let format: ExampleFormat
  /// The loss that is made small.
  public let loss: any Loss
  /// The update rule; its numbers may be changed between steps, what state it has may not.
  ///
  /// Not observed: its rate could then not be set without an allocation.
  public var optimizer: any Optimizer
  /// Clipping and label smoothing; the rest is not the step's.
  public let regularisation: Regularisation
  /// What becomes of each gradient before it is clipped; nil for nothing.
  public var reduction: (any GradientReduction)?
  /// The gradient of the last step's mean loss, in the parameters' layout; clipped once it was used for an update.
  public let gradient: AlignedBuffer<S>
  /// The largest batch.
  public let capacity: Int
  /// The largest number of examples that go through the network at once.
  public var microBatch: Int { workspace.capacity }
  /// What may be asked of a step beyond its loss: what it has memory for.
  public let needs: StepNeeds
  /// The layers for which a batch in micro-batches is not what one large batch is; none without micro-batches.
  public let accumulationWarnings: [CoupledLayer]
  /// The bytes that the step and its network take.
  public let memory: StepMemory

  /// Where the step records what time each of its phases takes; without one, as at first, no clock is read.
  public var phaseTimes: StepPhaseTimes?
  /// The number of updates so far.
  public private(set) var updates = 0
  /// The Euclidean norm of the last update's gradient before it was clipped; nil before and without clipping.
  public private(set) var lastGradientNorm: Double?

  private let state: StateVectors<S>
  private let stateNames: [String]
  private let stateMemory: AlignedBuffer<S>
  private let norms: AlignedBuffer<SquaredNorms>?
  let workspace: Workspace<S>
  /// What pads the parameters, for updates that do not know of it.
  private lazy var padding = network.slots.flatMap(\.padding)
  private let partialGradient: AlignedBuffer<S>?
  private let statistics: ExampleStatistics<S>?
  private let microBatchSquares: AlignedBuffer<MicroBatchSquare>
  private var microBatchCount = 0
  private let seed: UInt64
  private let dataset: Dataset?

  /// Plans the memory for batches of up to `capacity` examples of a format, which come from any `BatchSource`.
  ///
  /// At most `microBatch` of them go through the network at once; where that is nil, all of them. `seed` is that of the
  /// run, for layers that draw random numbers. `needs` is what may be asked of a step beyond its loss.
  ///
  /// - Throws: ``ModelError`` when network, examples, loss and regularisation do not fit, when norms of examples'
  ///   gradients are to be had of a layer that has none, or when memory is short.
  public convenience init(
    _ network: Network<S>, on format: ExampleFormat, loss: any Loss, optimizer: any Optimizer, capacity: Int,
    microBatch: Int? = nil, regularisation: Regularisation = .none, seed: UInt64 = 0, needs: StepNeeds = [],
    team: ThreadTeam
  ) throws(ModelError) {
    let targets = try TargetKind(loss: loss, format: format, outputs: network.outputCount)
    try self.init(
      network, format, nil, targets, loss, optimizer, capacity, microBatch, regularisation, seed, needs, team)
  }

  /// The same for the examples of a data set, which the step may be given by their numbers.
  ///
  /// - Throws: ``ModelError`` as above, and for target values that the loss does not take.
  public convenience init(
    _ network: Network<S>, on dataset: Dataset, loss: any Loss, optimizer: any Optimizer, capacity: Int,
    microBatch: Int? = nil, regularisation: Regularisation = .none, seed: UInt64 = 0, needs: StepNeeds = [],
    team: ThreadTeam
  ) throws(ModelError) {
    let targets = try TargetKind(loss: loss, dataset: dataset, outputs: network.outputCount)
    try self.init(
      network, dataset.format, dataset, targets, loss, optimizer, capacity, microBatch, regularisation, seed, needs,
      team)
  }

  private init(
    _ network: Network<S>, _ format: ExampleFormat, _ dataset: Dataset?, _ targets: TargetKind, _ loss: any Loss,
    _ optimizer: any Optimizer, _ capacity: Int, _ microBatch: Int?, _ regularisation: Regularisation, _ seed: UInt64,
    _ needs: StepNeeds, _ team: ThreadTeam
  ) throws(ModelError) {
    try regularisation.requireFit(loss)
    if let unknown = optimizer as? UnknownValue { throw .mismatch(unknown.refusal("optimizer")) }
    try network.graph.requireInput(format.shape)
    if needs.contains(.exampleNorms) { try network.graph.requireExampleNorms() }
    if needs.contains(.innerProducts), let microBatch, microBatch < capacity {
      throw .mismatch(
        "inner products with the mean gradient need the whole batch in the network at once, and batches of "
          + "\(capacity) go through in parts of \(microBatch); leave the micro-batch out")
    }
    let lengths = StepLengths<S>(
      parameterCount: network.parameters.count, runningCount: network.buffers?.count ?? 0,
      slotCount: network.slots.count,
      optimizer: optimizer, microBatch: microBatch, threads: team.threads,
      examples: ExampleLengths(
        network.graph, parameterCount: network.parameters.count, microBatch: microBatch, threads: team.threads,
        needs: needs), keepsMicroBatches: needs.contains(.microBatchNorms),
      workspace: WorkspaceLengths(
        network.graph, needsValues: targets.needsValues, trains: true, threads: team.threads))
    memory = try StepMemory(lengths, capacity: capacity)
    workspace = try Workspace(
      network, lengths: lengths.workspace, targets: targets, capacity: lengths.microBatch(capacity: capacity),
      team: team)
    let accumulates = lengths.gradientCount(capacity: capacity) > 1
    do {
      gradient = try AlignedBuffer(count: lengths.parameterCount)
      partialGradient = accumulates ? try AlignedBuffer(count: lengths.parameterCount) : nil
      stateMemory = try AlignedBuffer(count: lengths.stateCount)
      norms = lengths.normCount > 0 ? try AlignedBuffer(count: lengths.normCount) : nil
      microBatchSquares = try AlignedBuffer(count: lengths.microBatchCount(capacity: capacity))
      statistics = try lengths.examples.map { (lengths) throws(AllocationError) in
        try ExampleStatistics(lengths, capacity: capacity, nodes: network.trainedNodes)
      }
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
    self.format = format
    self.dataset = dataset
    self.loss = loss
    self.optimizer = optimizer
    self.capacity = capacity
    self.regularisation = regularisation
    self.seed = seed
    self.needs = needs
    accumulationWarnings = accumulates ? network.graph.coupledLayers : []
  }

  // MARK: Steps

  /// Trains on the examples of the data set with the given indices and returns their loss before the update.
  ///
  /// Where the loss is no number nothing is updated: the parameters stay those that gave it, to be looked at.
  ///
  /// Indices are between 1 and ``capacity`` row numbers of the data set that the step was made for.
  @specialized(where S == Float)
  @specialized(where S == Double)
  @discardableResult
  public func callAsFunction(
    _ indices: UnsafeBufferPointer<Int32>, observing needs: StepNeeds = []
  ) -> LossResult {
    train(.indices(requiredDataset, indices), needs)
  }

  /// Trains on `count` examples of a source from a place of an epoch on, which the source has begun, and returns their
  /// loss before the update.
  @specialized(where S == Float)
  @specialized(where S == Double)
  @discardableResult
  public func callAsFunction(
    _ source: any BatchSource, epoch: Int, at place: Int, count: Int, observing needs: StepNeeds = []
  ) -> LossResult {
    train(.source(source, epoch: epoch, places: place..<place + count), needs)
  }

  /// The loss of the examples with the given indices; leaves the gradient of its mean in ``gradient``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func computeGradient(
    _ indices: UnsafeBufferPointer<Int32>, observing needs: StepNeeds = []
  ) -> LossResult {
    gradient(of: .indices(requiredDataset, indices), needs)
  }

  /// The same for examples of a source.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func computeGradient(
    _ source: any BatchSource, epoch: Int, at place: Int, count: Int, observing needs: StepNeeds = []
  ) -> LossResult {
    gradient(of: .source(source, epoch: epoch, places: place..<place + count), needs)
  }

  /// |gᵢ|², the squared norm of the gradient of each example's own loss in the last batch; nil unless the last step was
  /// asked for it, and where it trained on nothing since its loss was no number.
  public var exampleNorms: UnsafeBufferPointer<Double>? { statistics?.exampleNorms }

  /// The moments of the gradients in each node that has parameters, in the order of ``Network/trainedNodes``; nil
  /// unless the last step was asked for norms.
  public var layerMoments: UnsafeBufferPointer<GradientMoments>? { statistics?.layerMoments }

  /// The squared lengths of the gradients of the last batch's micro-batches; empty unless the last step was asked for
  /// them, and where it went through as a whole.
  public var microBatches: UnsafeBufferPointer<MicroBatchSquare> {
    UnsafeBufferPointer(start: microBatchSquares.baseAddress, count: microBatchCount)
  }

  /// gᵢ·ḡ, the inner product of the gradient of each example of the last batch with their mean; nil unless the last
  /// step was asked for it.
  public var innerProducts: UnsafeBufferPointer<Double>? { statistics?.meanInnerProducts }

  /// Σᵢgᵢⱼ²/B for each parameter j over the last batch, in the parameters' layout; nil unless the last step was asked
  /// for it.
  public var elementSquares: UnsafeBufferPointer<S>? { statistics?.meanElementSquares }

  /// The last batch as quantities see it, with what was asked of it.
  ///
  /// `loss` is what the step returned. The gradient is there `beforeUpdate`: after ``computeGradient(_:observing:)`` and
  /// before ``update()``. What lies behind the pointers is valid until the next step.
  public func result(
    _ loss: LossResult, at position: TrainingPosition, beforeUpdate: Bool,
    initialParameters: UnsafeBufferPointer<S>? = nil
  ) -> StepResult<S> {
    StepResult(
      loss: loss, update: beforeUpdate ? updates + 1 : updates, position: position,
      learningRate: optimizer.learningRate,
      gradient: beforeUpdate ? UnsafeBufferPointer(gradient.elements) : nil, exampleNorms: exampleNorms,
      layerMoments: layerMoments, microBatches: microBatches, innerProducts: innerProducts,
      elementSquares: elementSquares, optimizer: optimizer,
      state: optimizer.stateNames.map { UnsafeBufferPointer(stateVector($0)) },
      initialParameters: initialParameters, network: network)
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
    let update = UpdatePass(
      optimizer, step: step, of: workspace.ranges[...], parameters: network.parameters.baseAddress,
      gradient: UnsafePointer(gradient.baseAddress), state: state, norms: norms?.baseAddress)
    update.run(on: workspace.team)
    if update.isCustom {
      for range in padding {
        (network.parameters.baseAddress + range.lowerBound).update(repeating: 0, count: range.count)
      }
    }
    phaseTimes?.end(.update)
    updates = step
  }

  // MARK: State

  /// One of the optimizer's state vectors, in the parameters' layout, for as long as the step lives.
  ///
  /// The name is one of the optimizer's ``Optimizer/stateNames``. `values(of:in:)` and `setValues(of:_:in:)` of the
  /// ``Network`` give and set what belongs to one parameter.
  public func stateVector(_ name: String) -> UnsafeMutableBufferPointer<S> {
    guard let index = optimizer.stateNames.firstIndex(of: name), let start = state[index, at: 0] else {
      preconditionFailure("\(optimizer) has no state \(name)")
    }
    return UnsafeMutableBufferPointer(start: start, count: state.stride)
  }

  /// Continues as if so many updates had been made: Adam's corrections and Adagrad's rate depend on the number.
  public func restore(updates: Int) {
    precondition(updates >= 0, "there cannot have been \(updates) updates")
    self.updates = updates
  }

  /// The Euclidean norm of ``gradient``.
  public var gradientNorm: Double { workspace.norm(gradient.baseAddress) }

  private func requireState() {
    precondition(
      optimizer.stateNames == stateNames,
      "\(optimizer) has other state than the optimizer that this step was made for")
  }

  private var requiredDataset: Dataset {
    guard let dataset else {
      preconditionFailure("a step made for a format has no data set to take examples of; give it a source")
    }
    return dataset
  }
}

extension TrainingStep {
  /// Where the examples of a batch come from.
  private enum Examples {
    case indices(Dataset, UnsafeBufferPointer<Int32>)
    case source(any BatchSource, epoch: Int, places: Range<Int>)

    var count: Int {
      switch self {
      case .indices(_, let indices): indices.count
      case .source(_, _, let places): places.count
      }
    }

    func load(_ part: Range<Int>, into buffers: BatchBuffers<S>, team: ThreadTeam) {
      switch self {
      case .indices(let dataset, let indices):
        dataset.gather(UnsafeBufferPointer(rebasing: indices[part]), into: buffers, team: team)
      case .source(let source, let epoch, let places):
        source.load(
          places.lowerBound + part.lowerBound..<places.lowerBound + part.upperBound, ofEpoch: epoch, into: buffers,
          team: team)
      }
    }
  }

  private func train(_ examples: Examples, _ needs: StepNeeds) -> LossResult {
    phaseTimes?.start()
    requireState()
    guard regularisation.clipping == nil, reduction == nil,
      examples.count <= microBatch, !needs.contains(.gradient),
      let update = LayerUpdate(optimizer, step: updates + 1, state: state)
    else {
      let result = gradient(of: examples, needs)
      if result.total.isFinite { self.update() }
      return result
    }
    phaseTimes?.end(.other)
    let statistics = begin(needs, examples: examples.count)
    let result = forward(examples, 0..<examples.count)
    guard result.total.isFinite else {
      statistics?.begin([], examples: 0)
      return result
    }
    workspace.backward(
      batch: examples.count, position: position(firstExample: 0), gradient: gradient.baseAddress, update: update,
      examples: statistics, phases: phaseTimes)
    statistics?.end(workspace: workspace, gradient: nil)
    updates += 1
    return result
  }

  private func gradient(
    of examples: Examples, _ needs: StepNeeds, _ look: ((_ node: Int, _ output: MatrixView<S>) -> Void)? = nil
  ) -> LossResult {
    phaseTimes?.start()
    let statistics = begin(needs, examples: examples.count)
    var result = gradientOfMicroBatch(examples, from: 0, into: gradient, needs, statistics, look)
    if let partialGradient {
      for first in stride(from: microBatch, to: examples.count, by: microBatch) {
        result.add(gradientOfMicroBatch(examples, from: first, into: partialGradient, needs, statistics, look))
        workspace.add(partialGradient, to: gradient)
        if let squares = statistics?.squaresToAdd { workspace.add(squares.part, to: squares.sum) }
        phaseTimes?.end(.backwardWeights)
      }
    }
    statistics?.end(workspace: workspace, gradient: gradient)
    reduction?.reduce(gradient.elements, examples: examples.count)
    return result
  }

  /// The loss of the micro-batch that begins with example `first`, and its part of the gradient of the mean loss.
  private func gradientOfMicroBatch(
    _ examples: Examples, from first: Int, into gradient: AlignedBuffer<S>, _ needs: StepNeeds,
    _ statistics: ExampleStatistics<S>?, _ look: ((_ node: Int, _ output: MatrixView<S>) -> Void)?
  ) -> LossResult {
    let part = first..<min(first + microBatch, examples.count)
    let result = forward(examples, part, look)
    workspace.backward(
      batch: part.count, position: position(firstExample: first), gradient: gradient.baseAddress,
      examples: statistics, phases: phaseTimes)
    if needs.contains(.microBatchNorms), part.count < examples.count {
      let scale = Double(examples.count) / Double(part.count)
      microBatchSquares.baseAddress[microBatchCount] = MicroBatchSquare(
        examples: part.count, square: workspace.squares(gradient) * scale * scale)
      microBatchCount += 1
    }
    return result
  }

  /// The loss of a part of a batch, with the gradient of what it contributes to the mean of the batch left where the
  /// backward pass begins.
  private func forward(
    _ examples: Examples, _ part: Range<Int>, _ look: ((_ node: Int, _ output: MatrixView<S>) -> Void)? = nil
  ) -> LossResult {
    precondition(
      examples.count >= 1 && examples.count <= capacity, "a batch of \(examples.count) does not fit 1 … \(capacity)")
    examples.load(part, into: workspace.examples(part.count), team: workspace.team)
    workspace.prepareTargets(part.count)
    phaseTimes?.end(.data)
    let outputs = workspace.forward(batch: part.count, position: position(firstExample: part.lowerBound), look)
    phaseTimes?.end(.forward)
    let result = workspace.evaluate(
      loss, smoothing: regularisation.labelSmoothing, outputs: outputs,
      gradient: workspace.outputGradient(batch: part.count), of: examples.count)
    phaseTimes?.end(.loss)
    return result
  }

  /// Where the run stands; the workspace fills in the node.
  private func position(firstExample: Int) -> StepPosition {
    StepPosition(seed: seed, node: 0, update: updates, firstExample: firstExample)
  }

  /// Begins what is collected of the examples' gradients; nil where nothing is asked.
  private func begin(_ needs: StepNeeds, examples: Int) -> ExampleStatistics<S>? {
    precondition(
      self.needs.isSuperset(of: needs.intersection(.memory)),
      "a step must be made for what it is asked of gradients")
    microBatchCount = 0
    statistics?.begin(needs, examples: examples)
    return needs.contains(.exampleNorms) ? statistics : nil
  }
}

extension TrainingStep {
  /// The nodes with the largest activation and the largest gradient for a batch, to explain a loss that is no number.
  ///
  /// Computes the gradient anew, with the activations of every micro-batch looked at.
  func extremes(
    _ source: any BatchSource, epoch: Int, at place: Int, count: Int
  ) -> (activation: Divergence.Extreme?, gradient: Divergence.Extreme?) {
    let nodes = network.graph.nodes
    var magnitudes = [Double](repeating: 0, count: nodes.count)
    _ = gradient(of: .source(source, epoch: epoch, places: place..<place + count), []) { node, output in
      // Further down there may be rows of a larger batch before.
      let elements = (0..<output.rows).lazy.flatMap {
        UnsafeBufferPointer(start: output.row($0), count: output.columns)
      }
      magnitudes[node] = largestMagnitude([magnitudes[node], largestMagnitude(elements)])
    }
    func name(_ node: Int) -> String { "\(nodes[node].name) (\(nodes[node]))" }
    let activations = nodes.indices.map { Divergence.Extreme(layer: name($0), magnitude: magnitudes[$0]) }
    let gradients = nodes.indices.compactMap { node -> Divergence.Extreme? in
      let slots = network.slots(ofNode: node)
      guard !slots.isEmpty else { return nil }
      // What pads parameters is 0 times something here, and of something infinite no number.
      let values = slots.lazy.flatMap { self.network.values(of: $0, in: self.gradient) }
      return Divergence.Extreme(layer: name(node), magnitude: largestMagnitude(values))
    }
    return (
      activations.first { !$0.magnitude.isFinite } ?? activations.max { $0.magnitude < $1.magnitude },
      gradients.last { !$0.magnitude.isFinite } ?? gradients.max { $0.magnitude < $1.magnitude }
    )
  }
}

/// The largest |x|; NaN where there is one.
func largestMagnitude<S: Scalar>(_ elements: some Sequence<S>) -> Double {
  var largest = 0.0
  for element in elements {
    let magnitude = Double(abs(element))
    if magnitude.isNaN { return magnitude }
    largest = max(largest, magnitude)
  }
  return largest
}

extension ModelGraph {
  /// Checks that examples of a shape can be the input.
  ///
  /// - Throws: ``ModelError/mismatch(_:)``.
  func requireInput(_ shape: [Int]) throws(ModelError) {
    let features = shape.reduce(1, *)
    guard values[0].count == features else {
      throw .mismatch("the network takes \(values[0].count) inputs and the data has \(features) features")
    }
  }

  /// Checks that every layer tells the norms of examples' gradients.
  ///
  /// - Throws: ``ModelError/mismatch(_:)``, which names the layer that does not.
  func requireExampleNorms() throws(ModelError) {
    for node in nodes {
      guard case .undefined(let reason) = node.plan.exampleNorms else { continue }
      throw .mismatch("\(node.name) (\(node)) has no gradients of single examples: \(reason)")
    }
  }
}
