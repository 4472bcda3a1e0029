import BatchAlgebra
import CBatchKernels

/// A layer in panels whose passes are compared, with the momentum that its update wants.
final class TunedLayer<S: Scalar> {
  /// The multiply-adds of a product at batch 1.
  let work: Int
  private let products: PlannedProducts<S>
  private let momentum: AlignedBuffer<S>

  private static var largestBatch: Int { 64 }

  init(_ inputs: Int, _ outputs: Int, _ team: ThreadTeam, _ context: ComputeContext) throws(AllocationError) {
    work = inputs * outputs
    let layout = WeightLayout.best(
      inputs: inputs, outputs: outputs, of: S.self, engine: .kernels, set: context.instructionSet)
    products = try PlannedProducts(
      try LayerOperands(
        inputs: inputs, outputs: outputs, layout: layout, capacity: Self.largestBatch,
        instructionSet: context.instructionSet), team: team, context: context)
    momentum = try AlignedBuffer(count: layout.storedCount(inputs: inputs, outputs: outputs))
  }

  /// The forward pass.
  func forward(_ batch: Int, _ thresholds: GEMMThresholds) {
    products.run(.forward, batch: batch, thresholds: thresholds)
  }

  /// The gradient of the input, then the weights' update with momentum: in a step they follow each other, and which
  /// thread has read a panel matters to the one that updates it.
  func backward(_ batch: Int, _ thresholds: GEMMThresholds) {
    products.run(.backwardData, batch: batch, thresholds: thresholds)
    // Without a rate: the weights must not grow from call to call.
    var rule = bk_update()
    rule.rule = BK_MOMENTUM
    products.runBackwardWeights(
      batch: batch, into: products.operands.weight(),
      update: WeightUpdate(rule: rule, state0: momentum.baseAddress), thresholds: thresholds)
  }
}
