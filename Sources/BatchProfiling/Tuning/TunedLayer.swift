import BatchAlgebra
import CBatchKernels

/// A layer whose passes are compared, with the momentum that its update wants.
final class TunedLayer<S: Scalar> {
  /// The multiply-adds of a product at batch 1.
  let work: Int
  private let products: PlannedProducts<S>
  private let momentum: AlignedBuffer<S>

  private static var largestBatch: Int { 256 }

  init(_ inputs: Int, _ outputs: Int, _ team: ThreadTeam, _ context: ComputeContext) throws(AllocationError) {
    work = inputs * outputs
    let layout = WeightLayout.best(inputs: inputs, outputs: outputs, of: S.self, in: context)
    products = try PlannedProducts(
      try LayerOperands(
        inputs: inputs, outputs: outputs, layout: layout, capacity: Self.largestBatch,
        instructionSet: context.instructionSet), team: team, context: context)
    momentum = try AlignedBuffer(count: layout.storedCount(inputs: inputs, outputs: outputs))
  }

  /// A product as a context plans it, that of the weight's gradient with the update.
  func run(_ pass: GEMMPlan.Pass, _ batch: Int, _ context: ComputeContext) {
    let operands = products.operands
    let plan = GEMMPlan(
      pass, batch: batch, inputs: operands.inputs, outputs: operands.outputs, layout: operands.layout, context: context)
    guard pass == .backwardWeights else { return products.run(plan) }
    // Without a rate: the weights must not grow from call to call.
    var rule = bk_update()
    rule.rule = BK_MOMENTUM
    products.runBackwardWeights(plan, update: WeightUpdate(rule: rule, state0: momentum.baseAddress))
  }

  /// The gradient of the input, then the weights' update: in a step they follow each other, and which thread has read a
  /// panel matters to the one that updates it.
  func backward(_ batch: Int, _ context: ComputeContext) {
    run(.backwardData, batch, context)
    run(.backwardWeights, batch, context)
  }
}
