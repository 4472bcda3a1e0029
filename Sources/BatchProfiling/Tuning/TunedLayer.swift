import BatchAlgebra
import CBatchKernels

/// A layer in panels with everything that its passes want, filled with ones and zeros: the numbers take the same time.
final class TunedLayer<S: Scalar> {
  /// The multiply-adds of a product at batch 1.
  let work: Int
  private let team: ThreadTeam
  private let inputs: Int
  private let outputs: Int
  private let layout: WeightLayout
  private let x: AlignedBuffer<S>
  private let dx: AlignedBuffer<S>
  private let y: AlignedBuffer<S>
  private let weight: AlignedBuffer<S>
  private let state: AlignedBuffer<S>
  private let bias: AlignedBuffer<S>
  private let scratchMemory: AlignedBuffer<S>

  private static var largestBatch: Int { 64 }

  init(_ inputs: Int, _ outputs: Int, _ team: ThreadTeam) throws(AllocationError) {
    (self.inputs, self.outputs, self.team) = (inputs, outputs, team)
    work = inputs * outputs
    layout = .best(inputs: inputs, outputs: outputs, of: S.self, engine: .kernels, set: .active)
    x = try AlignedBuffer(count: Self.largestBatch * paddedRowStride(inputs))
    dx = try AlignedBuffer(count: Self.largestBatch * paddedRowStride(inputs))
    y = try AlignedBuffer(count: Self.largestBatch * paddedRowStride(outputs))
    let stored = layout.storedCount(inputs: inputs, outputs: outputs)
    weight = try AlignedBuffer(count: stored)
    state = try AlignedBuffer(count: stored)
    bias = try AlignedBuffer(count: paddedRowStride(outputs))
    scratchMemory = try AlignedBuffer(
      count: ProductScratch<S>.count(threads: team.threads, widest: inputs, instructionSet: .active))
    weight.elements.update(repeating: 1)
  }

  private func view(_ buffer: AlignedBuffer<S>, _ batch: Int, _ columns: Int) -> MutableMatrixView<S> {
    MutableMatrixView(buffer.baseAddress, rows: batch, columns: columns, rowStride: paddedRowStride(columns))
  }

  private var weights: WeightView<S> {
    WeightView(weight.baseAddress, inputs: inputs, outputs: outputs, layout: layout, instructionSet: .active)
  }

  /// The forward pass.
  func forward(_ batch: Int, _ crossovers: GEMMCrossovers) {
    let product = ForwardProduct(
      view(x, batch, inputs).readOnly, times: weights, plus: UnsafePointer(bias.baseAddress), rectified: false,
      into: view(y, batch, outputs), threads: team.threads, crossovers: crossovers)
    team.run(product, parts: product.plan.parts)
  }

  /// The gradient of the input, then the weights' update with momentum: in a step they follow each other, and which
  /// thread has read a panel matters to the one that updates it.
  func backward(_ batch: Int, _ crossovers: GEMMCrossovers) {
    let scratch = ProductScratch(scratchMemory.baseAddress, widest: inputs, instructionSet: .active)
    BackwardDataProduct(
      view(y, batch, outputs).readOnly, times: weights, into: view(dx, batch, inputs), scratch: scratch,
      threads: team.threads, crossovers: crossovers
    ).run(on: team)
    var rule = bk_update()
    rule.rule = BK_MOMENTUM
    rule.momentum = 0.9
    let update = BackwardWeightsProduct(
      view(x, batch, inputs).readOnly, view(y, batch, outputs).readOnly, into: weights,
      update: WeightUpdate(rule: rule, state0: state.baseAddress, state1: nil), scratch: scratch, threads: team.threads,
      crossovers: crossovers)
    team.run(update, parts: update.plan.parts)
  }
}
