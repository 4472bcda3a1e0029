public import BatchAlgebra
import BatchData
public import BatchTraining

/// One layer with memory of its own, for tests that look at a single forward or backward pass.
public final class LayerProbe<S: Scalar> {
  /// The layer's parameters, one array each.
  public var parameters: [[S]]
  private let layer: any Layer
  private let inputShape: [Int]
  private let team: ThreadTeam
  private let slots: [ParameterSlot]

  /// A layer whose parameters are drawn from the seed, or set afterwards.
  public init(_ layer: any Layer, inputShape: [Int], threads: Int = 1, seed: UInt64 = 1) throws {
    self.layer = layer
    self.inputShape = inputShape
    team = try ThreadTeam(threads: threads)
    let network = try Network<S>(Sequential(inputShape: inputShape, layers: [layer]), seed: seed)
    slots = network.slots
    parameters = network.slots.map { Array(network.elements(of: $0)) }
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
    let vectorCount = slots.map { $0.offset + $0.count }.max() ?? 0
    let vector = try AlignedBuffer<S>(count: vectorCount)
    for (slot, values) in zip(slots, parameters) {
      for (i, value) in values.enumerated() { vector.baseAddress[slot.offset + i] = value }
    }
    // Buffers are filled with what a careless kernel would let through.
    func buffer(_ count: Int, _ values: [S]? = nil) throws -> AlignedBuffer<S> {
      let buffer = try AlignedBuffer<S>(count: count)
      for i in 0..<count { buffer.baseAddress[i] = values?[i] ?? .nan }
      return buffer
    }
    let x = try buffer(batch * inputs, input)
    let y = try buffer(batch * outputs)
    let kept = try buffer(batch * saved)
    let dy = try buffer(batch * outputs, outputGradient)
    let dx = try buffer(batch * inputs)
    let gradient = try buffer(vectorCount)
    func pass(backward: Bool) -> LayerPass<S> {
      LayerPass(
        input: MatrixView(UnsafePointer(x.baseAddress), rows: batch, columns: inputs),
        output: MutableMatrixView(y.baseAddress, rows: batch, columns: outputs),
        saved: MutableMatrixView(kept.baseAddress, rows: batch, columns: saved),
        outputGradient: backward ? MutableMatrixView(dy.baseAddress, rows: batch, columns: outputs) : nil,
        inputGradient: backward ? MutableMatrixView(dx.baseAddress, rows: batch, columns: inputs) : nil,
        slots: slots[...], parameters: vector.baseAddress, gradient: backward ? gradient.baseAddress : nil, team: team)
    }
    layer.forward(pass(backward: false))
    guard outputGradient != nil else {
      return Result(output: Array(y.elements), inputGradient: [], parameterGradients: [])
    }
    layer.backward(pass(backward: true))
    return Result(
      output: Array(y.elements), inputGradient: Array(dx.elements),
      parameterGradients: slots.map { Array(gradient.elements[$0.offset..<$0.offset + $0.count]) })
  }
}
