public import BatchAlgebra
public import BatchData

/// The mean loss of a network over examples, as a function of its parameter vector, with its first two derivatives.
///
/// Of an evaluation: dropout is off, running means are what they are, and weight decay is no part of it. Vectors are
/// laid out like ``Network/parameters``; what pads parameters is zero in what goes in and in what comes out. Products
/// with the Hessian H and the Gauss–Newton matrix G = Jᵀ·H_L·J, with the Jacobian J of the outputs and the Hessian H_L
/// of the loss by them, are exact up to rounding (Pearlmutter 1994; Schraudolph 2002). Examples go through in
/// micro-batches, whose parts are added up. One task's, like a network.
public final class DatasetLoss<S: Scalar> {
  /// The parameters of the network when the function was made.
  public let parameters: AlignedBuffer<S>
  /// The loss of an example.
  public let loss: any Loss
  /// A copy of the network, whose parameters are those of the last point that was asked for.
  public let network: Network<S>
  private let dataset: Dataset
  private let examples: [Int32]
  private let smoothing: Double
  private let targets: TargetKind
  private let workspace: DerivativeWorkspace<S>
  /// What one micro-batch adds.
  private let part: AlignedBuffer<S>
  private lazy var padding = network.slots.flatMap(\.padding)

  /// The mean loss of a network over the examples of a data set with the given row numbers, or over all of them.
  ///
  /// At most `microBatch` of them go through the network at once. The network is copied.
  ///
  /// - Throws: ``CurvatureError`` when network, data and loss do not fit, for examples that there are not, or when
  ///   memory is short.
  public init(
    _ network: Network<S>, on dataset: Dataset, examples: [Int32]? = nil, loss: any Loss, labelSmoothing: Double = 0,
    microBatch: Int = 256, team: ThreadTeam
  ) throws(CurvatureError) {
    let examples = examples ?? Array(0..<Int32(dataset.count))
    guard !examples.isEmpty else { throw .examples("there are no examples to take a mean loss of") }
    if let outside = examples.first(where: { !(0..<Int32(dataset.count)).contains($0) }) {
      throw .examples("\(dataset.name) has no example \(outside): it has \(dataset.count)")
    }
    guard microBatch >= 1 else { throw .setting("a micro-batch has at least 1 example, not \(microBatch)") }
    (self.network, targets) = try fitting { () throws(ModelError) -> (Network<S>, TargetKind) in
      try network.graph.requireInput(dataset.exampleShape)
      try requireSmoothing(labelSmoothing, for: loss)
      return (
        try Network(copying: network),
        try TargetKind(loss: loss, dataset: dataset, outputs: network.outputCount)
      )
    }
    do throws(AllocationError) {
      workspace = try DerivativeWorkspace(self.network, capacity: min(microBatch, examples.count), team: team)
      parameters = try AlignedBuffer(count: network.parameters.count)
      part = try AlignedBuffer(count: network.parameters.count)
    } catch {
      throw .model(.allocation(error))
    }
    parameters.baseAddress.update(from: network.parameters.baseAddress, count: parameters.count)
    self.dataset = dataset
    self.examples = examples
    self.loss = loss
    smoothing = labelSmoothing
  }

  /// The number of examples.
  public var exampleCount: Int { examples.count }

  // MARK: The function and its derivatives

  /// The mean loss at a point; no number where that is what the network gives.
  ///
  /// - Throws: ``CurvatureError/length(what:found:expected:)``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func value(at point: UnsafeBufferPointer<S>) throws(CurvatureError) -> Double {
    try move(to: point)
    var total = 0.0
    forEachMicroBatch { batch in
      workspace.forward(batch)
      total += loss.evaluate(lossPass(batch)).total
    }
    return total / Double(examples.count)
  }

  /// Writes the gradient of the mean loss at a point, and returns the loss.
  ///
  /// - Throws: ``CurvatureError`` for a vector of another length, and for a layer that couples the examples of a batch
  ///   and is no ``TangentLayer``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gradient(
    at point: UnsafeBufferPointer<S>, into gradient: UnsafeMutableBufferPointer<S>
  ) throws(CurvatureError) -> Double {
    try requireGradient()
    try requireLength("the gradient", gradient.count)
    try move(to: point)
    gradient.update(repeating: 0)
    var total = 0.0
    forEachMicroBatch { batch in
      workspace.forward(batch)
      total += loss.evaluate(lossPass(batch, gradient: workspace.outputGradient(batch))).total
      workspace.backward(batch, into: part.baseAddress)
      addPart(to: gradient)
    }
    return total / Double(examples.count)
  }

  /// Writes H·v, the derivative of the gradient at a point along v.
  ///
  /// - Throws: ``CurvatureError`` for a vector of another length, and for a layer or loss without tangents.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func hessianProduct(
    at point: UnsafeBufferPointer<S>, along v: UnsafeBufferPointer<S>, into product: UnsafeMutableBufferPointer<S>
  ) throws(CurvatureError) {
    let loss = try prepareProduct(point, v, product)
    forEachMicroBatch { batch in
      workspace.forward(batch, tangents: true)
      _ = loss.evaluate(lossPass(batch, gradient: workspace.outputGradient(batch)))
      loss.tangentGradient(
        lossPass(batch, gradient: workspace.outputGradientTangent(batch)), along: workspace.outputTangent(batch))
      workspace.tangentBackward(batch, into: part.baseAddress)
      addPart(to: product)
    }
  }

  /// Writes G·v, with the Gauss–Newton matrix G at a point: positive semidefinite for a convex loss, and the Hessian
  /// without what the curvature of the network itself adds.
  ///
  /// - Throws: ``CurvatureError`` for a vector of another length, and for a layer or loss without tangents.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gaussNewtonProduct(
    at point: UnsafeBufferPointer<S>, along v: UnsafeBufferPointer<S>, into product: UnsafeMutableBufferPointer<S>
  ) throws(CurvatureError) {
    let loss = try prepareProduct(point, v, product)
    forEachMicroBatch { batch in
      workspace.forward(batch, tangents: true)
      loss.tangentGradient(
        lossPass(batch, gradient: workspace.outputGradient(batch)), along: workspace.outputTangent(batch))
      workspace.backward(batch, into: part.baseAddress)
      addPart(to: product)
    }
  }

  // MARK: Micro-batches

  private func forEachMicroBatch(_ body: (_ batch: Int) -> Void) {
    for first in stride(from: 0, to: examples.count, by: workspace.capacity) {
      let batch = min(workspace.capacity, examples.count - first)
      examples[first..<first + batch].withUnsafeBufferPointer { indices in
        let values = MutableMatrixView(workspace.targets.baseAddress, rows: batch, columns: network.outputCount)
        dataset.gather(
          indices,
          into: BatchBuffers(
            features: workspace.input(batch), labels: workspace.labels.baseAddress,
            values: targets == .values ? values : nil),
          team: workspace.team)
      }
      targets.writeValues(
        of: workspace.labels.baseAddress, count: batch, outputs: network.outputCount,
        into: workspace.targets.baseAddress)
      body(batch)
    }
  }

  private func lossPass(_ batch: Int, gradient: MutableMatrixView<S>? = nil) -> LossPass<S> {
    LossPass(
      outputs: workspace.output(batch),
      labels: targets == .values ? nil : UnsafePointer(workspace.labels.baseAddress),
      values: targets.needsValues
        ? MatrixView(UnsafePointer(workspace.targets.baseAddress), rows: batch, columns: network.outputCount) : nil,
      smoothing: smoothing, scale: 1 / S(examples.count), gradient: gradient, context: network.context)
  }

  private func addPart(to sum: UnsafeMutableBufferPointer<S>) {
    guard let sum = sum.baseAddress else { return }
    S.kernelAdd(network.context.instructionSet, 1, part.count, part.baseAddress, part.count, sum, part.count)
  }

  // MARK: Checks

  private func prepareProduct(
    _ point: UnsafeBufferPointer<S>, _ v: UnsafeBufferPointer<S>, _ product: UnsafeMutableBufferPointer<S>
  ) throws(CurvatureError) -> any TangentLoss {
    for node in network.graph.nodes {
      guard let layer = node.layer, !(layer is any TangentLayer) else { continue }
      throw .layerWithoutTangents(name: node.name, layer: layer.description)
    }
    guard let loss = loss as? any TangentLoss else { throw .lossWithoutTangents(name: loss.name) }
    try requireLength("the direction", v.count)
    try requireLength("the product", product.count)
    try move(to: point)
    _ = workspace.direction.elements.update(fromContentsOf: v)
    // The products of layers compute with what pads a weight, and count on zeros.
    for range in padding {
      (workspace.direction.baseAddress + range.lowerBound).update(repeating: 0, count: range.count)
    }
    product.update(repeating: 0)
    return loss
  }

  private func requireGradient() throws(CurvatureError) {
    for node in network.graph.nodes where node.plan.couplesExamples && !(node.layer is any TangentLayer) {
      throw .coupledLayer(CoupledLayer(name: node.name, layer: node.description))
    }
  }

  private func move(to point: UnsafeBufferPointer<S>) throws(CurvatureError) {
    try requireLength("the point", point.count)
    _ = network.parameters.elements.update(fromContentsOf: point)
  }

  private func requireLength(_ what: String, _ found: Int) throws(CurvatureError) {
    guard found == parameters.count else { throw .length(what: what, found: found, expected: parameters.count) }
  }
}

/// Runs `body`, and reports what does not fit as a ``CurvatureError``.
private func fitting<R>(_ body: () throws(ModelError) -> R) throws(CurvatureError) -> R {
  do throws(ModelError) {
    return try body()
  } catch {
    throw .model(error)
  }
}

private func requireSmoothing(_ labelSmoothing: Double, for loss: any Loss) throws(ModelError) {
  let regularisation: Regularisation
  do throws(RegularisationError) {
    regularisation = try Regularisation(labelSmoothing: labelSmoothing)
  } catch {
    throw .mismatch(error.description)
  }
  try regularisation.requireFit(loss)
}
