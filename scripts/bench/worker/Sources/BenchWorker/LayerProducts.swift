import BatchAlgebra
import BatchData

/// The operands of one dense layer's products, in the layout of one engine, filled with small random numbers.
final class LayerProducts {
  /// The largest batch.
  let capacity: Int
  private let inputs: Int
  private let outputs: Int
  private let layout: WeightLayout
  private let team: ThreadTeam
  private let crossovers: GEMMCrossovers
  private let x: AlignedBuffer<Float>
  private let dx: AlignedBuffer<Float>
  private let y: AlignedBuffer<Float>
  private let dy: AlignedBuffer<Float>
  private let weight: AlignedBuffer<Float>
  private let gradient: AlignedBuffer<Float>
  private let bias: AlignedBuffer<Float>
  private let scratchMemory: AlignedBuffer<Float>
  private let scratch: ProductScratch<Float>

  init(inputs: Int, outputs: Int, engine: GEMMEngine, capacity: Int, team: ThreadTeam) throws {
    self.capacity = capacity
    self.inputs = inputs
    self.outputs = outputs
    self.team = team
    crossovers = .active(for: Float.self, threads: team.threads)
    layout = .best(inputs: inputs, outputs: outputs, of: Float.self, engine: engine, set: .active)
    x = try AlignedBuffer(count: capacity * paddedRowStride(inputs))
    dx = try AlignedBuffer(count: capacity * paddedRowStride(inputs))
    y = try AlignedBuffer(count: capacity * paddedRowStride(outputs))
    dy = try AlignedBuffer(count: capacity * paddedRowStride(outputs))
    weight = try AlignedBuffer(count: layout.storedCount(inputs: inputs, outputs: outputs))
    gradient = try AlignedBuffer(count: layout.storedCount(inputs: inputs, outputs: outputs))
    bias = try AlignedBuffer(count: paddedRowStride(outputs))
    scratchMemory = try AlignedBuffer(
      count: ProductScratch<Float>.count(threads: team.threads, widest: inputs, instructionSet: .active))
    scratch = ProductScratch(scratchMemory.baseAddress, widest: inputs, instructionSet: .active)
    var random = RandomStream(seed: 1, name: "bench")
    // What pads rows stays zero, as the kernels want it.
    for (matrix, columns) in [(x, inputs), (dy, outputs)] {
      let view = rows(matrix, columns, batch: capacity)
      for i in 0..<capacity { for j in 0..<columns { view[i, j] = Float(random.uniform()) - 0.5 } }
    }
    let view = weightView(weight)
    for i in 0..<inputs { for j in 0..<outputs { view[i, j] = Float(random.uniform()) - 0.5 } }
  }

  /// Computes one product.
  func run(_ pass: GEMMPlan.Pass, batch: Int) {
    switch pass {
    case .forward:
      let product = ForwardProduct(
        rows(x, inputs, batch: batch).readOnly, times: weightView(weight), plus: UnsafePointer(bias.baseAddress),
        rectified: false, into: rows(y, outputs, batch: batch), threads: team.threads, crossovers: crossovers)
      team.run(product, parts: product.plan.parts)
    case .backwardData:
      let product = BackwardDataProduct(
        rows(dy, outputs, batch: batch).readOnly, times: weightView(weight), into: rows(dx, inputs, batch: batch),
        scratch: scratch, threads: team.threads, crossovers: crossovers)
      product.run(on: team)
    case .backwardWeights:
      let product = BackwardWeightsProduct(
        rows(x, inputs, batch: batch).readOnly, rows(dy, outputs, batch: batch).readOnly, into: weightView(gradient),
        scratch: scratch, threads: team.threads, crossovers: crossovers)
      team.run(product, parts: product.plan.parts)
    }
  }

  /// One element of the last result of a pass.
  func element(of pass: GEMMPlan.Pass) -> Float {
    switch pass {
    case .forward: y.baseAddress[0]
    case .backwardData: dx.baseAddress[0]
    case .backwardWeights: gradient.baseAddress[0]
    }
  }

  private func rows(_ buffer: AlignedBuffer<Float>, _ columns: Int, batch: Int) -> MutableMatrixView<Float> {
    MutableMatrixView(buffer.baseAddress, rows: batch, columns: columns, rowStride: paddedRowStride(columns))
  }

  private func weightView(_ buffer: AlignedBuffer<Float>) -> WeightView<Float> {
    WeightView(buffer.baseAddress, inputs: inputs, outputs: outputs, layout: layout, instructionSet: .active)
  }
}
