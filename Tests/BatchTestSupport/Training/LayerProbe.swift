public import BatchAlgebra
public import BatchTraining

/// One layer with memory of its own, for tests that look at a single forward or backward pass.
public final class LayerProbe<S: Scalar> {
  /// The layer's parameters, one array each.
  public var parameters: [[S]]
  /// Where in a training run the passes stand; nil as in an evaluation.
  public var place: PassPlace?
  private let layer: any Layer
  private let inputShape: [Int]
  private let team: ThreadTeam
  private let network: Network<S>

  /// A layer whose parameters are drawn from the seed, or set afterwards.
  public init(
    _ layer: any Layer, inputShape: [Int], threads: Int = 1, seed: UInt64 = 1, engine: GEMMEngine = .underTest,
    instructionSet: InstructionSet = .underTest
  ) throws {
    self.layer = layer
    self.inputShape = inputShape
    team = try ThreadTeam(threads: threads)
    network = try Network<S>(
      Sequential(inputShape: inputShape, layers: [layer]), seed: seed,
      context: .test(S.self, engine: engine, instructionSet: instructionSet))
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
    let inputs = inputShape.reduce(1, *)
    let outputs = try layer.outputShape(for: inputShape).reduce(1, *)
    let saved = layer.savedCount(for: inputShape)
    for (slot, values) in zip(network.slots, parameters) { network.setValues(of: slot, values) }
    let x = try PaddedRows(input, rows: batch, columns: inputs)
    let y = try PaddedRows<S>(rows: batch, columns: outputs)
    let kept = try AlignedBuffer<S>(count: batch * saved)
    let dy = try PaddedRows(outputGradient, rows: batch, columns: outputs)
    let dx = try PaddedRows<S>(rows: batch, columns: inputs)
    let gradient = try AlignedBuffer<S>(count: network.parameters.count)
    gradient.elements.update(repeating: .nan)
    let set = network.context.instructionSet, widest = max(inputs, outputs)
    let scratch = try AlignedBuffer<S>(
      count: ProductScratch<S>.count(threads: team.threads, widest: widest, instructionSet: set))
    scratch.elements.update(repeating: .nan)
    func pass(backward: Bool) -> LayerPass<S> {
      LayerPass(
        input: x.view.readOnly, output: y.view,
        saved: MutableMatrixView(kept.baseAddress, rows: batch, columns: saved),
        outputGradient: backward ? dy.view : nil, inputGradient: backward ? dx.view : nil, slots: network.slots[...],
        parameters: network.parameters.baseAddress, gradient: backward ? gradient.baseAddress : nil,
        scratch: backward ? ProductScratch(scratch.baseAddress, widest: widest, instructionSet: set) : nil,
        place: place, context: network.context, team: team)
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
