import BatchAlgebra
import BatchData

/// The memory of a network's passes with their tangents, for batches of up to `capacity` examples, and the passes.
///
/// Every value has memory of its own, and so have its tangent, its gradient and that one's tangent: nothing is trained
/// here, and batches are as small as memory asks for. All passes are those of an evaluation.
final class DerivativeWorkspace<S: Scalar> {
  let capacity: Int
  let network: Network<S>
  let team: ThreadTeam
  /// [capacity] classes of the examples.
  let labels: AlignedBuffer<Int32>
  /// [capacity, outputs] targets as values.
  let targets: AlignedBuffer<S>
  /// The direction of the tangents, laid out like the parameters.
  let direction: AlignedBuffer<S>
  private let values: [AlignedBuffer<S>]
  /// One a value; that of the input is never read: it does not change.
  private let tangents: [AlignedBuffer<S>]
  private let gradients: GradientMemory<S>
  private let gradientTangents: GradientMemory<S>
  private let saved: [AlignedBuffer<UInt8>]
  private let savedTangents: [AlignedBuffer<UInt8>]
  private let savedPerBatch: [AlignedBuffer<UInt8>]
  private let scratchMemory: AlignedBuffer<UInt8>
  private let partialRows: AlignedBuffer<S>
  private let partialParameters: AlignedBuffer<S>
  private let zeros: AlignedBuffer<S>
  /// What is the same in every pass of a node; nil for a sum.
  private let layers: [PlannedLayer<S>?]

  /// Memory for a network, whose parameters the passes read as they are at the time.
  init(_ network: Network<S>, capacity: Int, team: ThreadTeam) throws(AllocationError) {
    self.capacity = capacity
    self.network = network
    self.team = team
    let graph = network.graph
    let strides = graph.values.map { paddedRowStride($0.storedCount) }
    let widest = strides.max() ?? 0
    labels = try AlignedBuffer(count: capacity)
    targets = try AlignedBuffer(count: capacity * network.outputCount)
    direction = try AlignedBuffer(count: network.parameters.count)
    values = try Self.buffers(strides.map { capacity * $0 })
    tangents = try Self.buffers(strides.map { capacity * $0 })
    gradients = try GradientMemory(graph, capacity: capacity)
    gradientTangents = try GradientMemory(graph, capacity: capacity)
    saved = try Self.buffers(graph.nodes.map { capacity * $0.plan.savedBytesPerExample })
    savedTangents = try Self.buffers(graph.nodes.map { capacity * $0.plan.savedBytesPerExample })
    savedPerBatch = try Self.buffers(graph.nodes.map(\.plan.savedBytesPerBatch))
    let perThread = ((graph.nodes.map(\.plan.scratchBytes.largest).max() ?? 0) + 63) / 64 * 64
    scratchMemory = try AlignedBuffer(count: perThread * team.threads)
    partialRows = try AlignedBuffer(count: capacity * widest)
    partialParameters = try AlignedBuffer(count: network.parameters.count)
    zeros = try AlignedBuffer(count: widest)
    let scratch = LayerScratch(scratchMemory.baseAddress, bytesPerThread: perThread)
    layers = graph.nodes.indices.map { node in
      graph.nodes[node].layer.map { _ in PlannedLayer(network, node: node, scratch: scratch, team: team) }
    }
  }

  private static func buffers<Element: BitwiseCopyable>(
    _ counts: [Int]
  ) throws(AllocationError) -> [AlignedBuffer<Element>] {
    var buffers: [AlignedBuffer<Element>] = []
    for count in counts { buffers.append(try AlignedBuffer(count: count)) }
    return buffers
  }

  // MARK: Where things lie

  /// [batch, features]; the examples.
  func input(_ batch: Int) -> MutableMatrixView<S> { view(values[0], 0, batch) }

  /// [batch, outputs]; what the network gives.
  func output(_ batch: Int) -> MatrixView<S> {
    view(values[network.graph.output], network.graph.output, batch).readOnly
  }

  /// [batch, outputs]; how that changes along the direction.
  func outputTangent(_ batch: Int) -> MatrixView<S> {
    view(tangents[network.graph.output], network.graph.output, batch).readOnly
  }

  /// [batch, outputs]; where the gradient of the outputs is left for a backward pass.
  func outputGradient(_ batch: Int) -> MutableMatrixView<S> { gradients.stored(network.graph.output, batch) }

  /// [batch, outputs]; where its tangent is left.
  func outputGradientTangent(_ batch: Int) -> MutableMatrixView<S> {
    gradientTangents.stored(network.graph.output, batch)
  }

  // MARK: Passes

  /// Runs the nodes from input to output, and where tangents are asked for those of each node behind it.
  func forward(_ batch: Int, tangents withTangents: Bool = false) {
    for (index, node) in network.graph.nodes.enumerated() {
      switch node.operation {
      case .layer(let layer):
        layer.forward(pass(index, batch))
        if withTangents, let layer = layer as? any TangentLayer { layer.tangentForward(tangentPass(index, batch)) }
      case .sum:
        sum(node, batch, values, skipping: nil)
        if withTangents { sum(node, batch, tangents, skipping: 0) }
      }
    }
  }

  /// Runs the nodes from output to input, from the gradient of the outputs, and writes that of the parameters.
  ///
  /// From a change of the outputs' gradient it gives Jᵀ times that one.
  func backward(_ batch: Int, into gradient: UnsafeMutablePointer<S>) {
    for (index, node) in network.graph.nodes.enumerated().reversed() {
      switch node.operation {
      case .layer(let layer):
        let place = gradients.place(of: node, index, batch)
        layer.backward(pass(index, batch, inputGradient: place, gradient: gradient))
        gradients.finish(node, index, batch, network.context)
      case .sum: gradients.distribute(node, index, batch, network.context)
      }
    }
  }

  /// Runs the nodes from output to input, from the gradient of the outputs and its tangent, and writes the tangent of
  /// the gradient of the parameters; behind a forward pass with tangents.
  func tangentBackward(_ batch: Int, into product: UnsafeMutablePointer<S>) {
    for (index, node) in network.graph.nodes.enumerated().reversed() {
      switch node.operation {
      case .layer(let layer):
        guard let layer = layer as? any TangentLayer else { continue }
        layer.tangentBackward(tangentPass(index, batch, product: product))
        gradients.finish(node, index, batch, network.context)
        gradientTangents.finish(node, index, batch, network.context)
      case .sum:
        gradients.distribute(node, index, batch, network.context)
        gradientTangents.distribute(node, index, batch, network.context)
      }
    }
  }

  private func pass(
    _ index: Int, _ batch: Int, inputGradient: MutableMatrixView<S>? = nil, gradient: UnsafeMutablePointer<S>? = nil,
    backward: Bool = false
  ) -> LayerPass<S> {
    guard let layer = layers[index] else { preconditionFailure("node \(index) is no layer") }
    let node = network.graph.nodes[index]
    let goesBack = backward || gradient != nil
    return LayerPass(
      layer, input: view(values[node.inputs[0]], node.inputs[0], batch).readOnly,
      output: view(values[node.output], node.output, batch),
      outputGradient: goesBack ? gradients.stored(node.output, batch) : nil, inputGradient: inputGradient,
      savedPerExample: UnsafeMutableRawPointer(saved[index].baseAddress),
      savedPerBatch: UnsafeMutableRawPointer(savedPerBatch[index].baseAddress), gradient: gradient)
  }

  private func tangentPass(
    _ index: Int, _ batch: Int, product: UnsafeMutablePointer<S>? = nil
  ) -> TangentPass<S> {
    let node = network.graph.nodes[index]
    let (reads, goesBack) = (node.inputs[0], product != nil)
    return TangentPass(
      values: pass(
        index, batch, inputGradient: goesBack ? gradients.place(of: node, index, batch) : nil, backward: goesBack),
      inputTangent: reads == 0 ? nil : view(tangents[reads], reads, batch).readOnly,
      outputTangent: view(tangents[node.output], node.output, batch),
      outputGradientTangent: goesBack ? gradientTangents.stored(node.output, batch) : nil,
      inputGradientTangent: goesBack ? gradientTangents.place(of: node, index, batch) : nil,
      savedTangents: UnsafeMutableRawPointer(savedTangents[index].baseAddress), direction: direction.baseAddress,
      product: product,
      scratch: TangentScratch(
        rows: partialRows.baseAddress, parameters: partialParameters.baseAddress, zeros: zeros.baseAddress))
  }

  /// The sum of a node's inputs among some buffers of values; one that is skipped counts as zero.
  private func sum(_ node: ModelGraph.Node, _ batch: Int, _ buffers: [AlignedBuffer<S>], skipping skipped: Int?) {
    let result = view(buffers[node.output], node.output, batch)
    let summands = node.inputs.filter { $0 != skipped }
    for i in 0..<batch where summands.isEmpty { result.row(i).update(repeating: 0, count: result.columns) }
    for (place, summand) in summands.enumerated() {
      let part = view(buffers[summand], summand, batch).readOnly
      if place == 0 { copyRows(of: part, to: result) } else { addRows(part, to: result, network.context) }
    }
  }

  private func view(_ buffer: AlignedBuffer<S>, _ value: Int, _ batch: Int) -> MutableMatrixView<S> {
    network.graph.view(buffer, of: value, batch)
  }
}
