public import BatchAlgebra
public import BatchTraining

/// One layer with memory of its own, for tests that look at a single forward or backward pass.
public final class LayerProbe<S: Scalar> {
  /// The layer's parameters, one array each.
  public var parameters: [[S]]
  /// Where in a training run the passes stand; nil as in an evaluation.
  public var position: StepPosition?
  private let layer: any Layer
  private let team: ThreadTeam
  private let network: Network<S>

  /// A layer whose parameters are drawn from the seed, or set afterwards.
  public init(_ layer: any Layer, inputShape: [Int], seed: UInt64 = 1, context: ComputeContext? = nil) throws {
    let context = context ?? .test(S.self, threads: 1)
    self.layer = layer
    team = try ThreadTeam(threads: context.threads)
    network = try Network<S>(Sequential(inputShape: inputShape, layers: [layer]), seed: seed, context: context)
    parameters = network.slots.map(network.values)
  }

  /// What a pass leaves behind.
  public struct Result {
    /// [batch, outputs].
    public var output: [S]
    /// [batch, inputs]; empty after a forward pass.
    public var inputGradient: [S]
    /// One array a parameter; empty after a forward pass.
    public var parameterGradients: [[S]]
  }

  /// Runs the layer forward and, with the gradient of its output given, backward.
  public func run(_ input: [S], batch: Int, outputGradient: [S]? = nil) throws -> Result {
    let graph = network.graph
    let plan = graph.nodes[0].plan
    let (inputs, outputs) = (graph.values[0].storedCount, graph.values[1].storedCount)
    for (slot, values) in zip(network.slots, parameters) { network.setValues(of: slot, values) }
    let x = try PaddedRows(input, rows: batch, columns: inputs)
    let y = try PaddedRows<S>(rows: batch, columns: outputs)
    let kept = try AlignedBuffer<UInt8>(count: batch * plan.savedBytesPerExample)
    let keptOfBatch = try AlignedBuffer<UInt8>(count: plan.savedBytesPerBatch)
    let dy = try PaddedRows(outputGradient, rows: batch, columns: outputs)
    let dx = try PaddedRows<S>(rows: batch, columns: inputs)
    let gradient = try AlignedBuffer<S>(count: network.parameters.count)
    gradient.elements.update(repeating: .nan)
    let bytesPerThread = (plan.scratchBytes.largest + 63) / 64 * 64
    let scratch = try AlignedBuffer<UInt8>(count: bytesPerThread * team.threads)
    // Numbers there are none, whatever their type.
    scratch.elements.update(repeating: 0xFF)
    let planned = PlannedLayer(
      network, node: 0, scratch: LayerScratch(scratch.baseAddress, bytesPerThread: bytesPerThread), team: team)
    func pass(backward: Bool) -> LayerPass<S> {
      LayerPass(
        planned, input: x.view.readOnly, output: y.view, outputGradient: backward ? dy.view : nil,
        inputGradient: backward ? dx.view : nil, savedPerExample: kept.baseAddress,
        savedPerBatch: keptOfBatch.baseAddress, gradient: backward ? gradient.baseAddress : nil, position: position)
    }
    layer.forward(pass(backward: false))
    guard outputGradient != nil else {
      return Result(output: y.values, inputGradient: [], parameterGradients: [])
    }
    layer.backward(pass(backward: true))
    for rows in [x, y, dy, dx] where !rows.paddingIsZero { throw DirtyPadding() }
    return Result(
      output: y.values, inputGradient: dx.values,
      parameterGradients: network.slots.map { network.values(of: $0, in: gradient) })
  }
}

/// Something was left between the rows, where kernels count on zeros.
public struct DirtyPadding: Error {}
