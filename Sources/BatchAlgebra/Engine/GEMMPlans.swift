/// The plans of one dense layer's products, made once for a batch size and kept.
///
/// They belong to whoever runs the layer, and are asked for by one thread at a time. A run has few batch sizes, the full one and
/// that of a short last batch; plans for so many are kept, in memory of their own: asking allocates nothing.
public final class GEMMPlans: @unchecked Sendable {
  /// The number of the layer's inputs.
  public let inputs: Int
  /// The number of the layer's outputs.
  public let outputs: Int
  /// The layout of the weight.
  public let layout: WeightLayout
  /// What the plans are made for.
  public let context: ComputeContext
  private let plans: UnsafeMutableBufferPointer<GEMMPlan?>
  private var next = 0

  /// The number of batch sizes whose plans are kept.
  private static var kept: Int { 4 }

  /// The plans of a layer whose weight [inputs, outputs] lies in a layout.
  public init(inputs: Int, outputs: Int, layout: WeightLayout, context: ComputeContext) {
    (self.inputs, self.outputs, self.layout, self.context) = (inputs, outputs, layout, context)
    plans = .allocate(capacity: Self.kept * GEMMPlan.Pass.allCases.count)
    plans.initialize(repeating: nil)
  }

  deinit { plans.deallocate() }

  /// How a product of so many examples is computed.
  public func plan(_ pass: GEMMPlan.Pass, batch: Int) -> GEMMPlan {
    for plan in plans {
      if let plan, plan.pass == pass, plan.batch == batch { return plan }
    }
    let plan = GEMMPlan(pass, batch: batch, inputs: inputs, outputs: outputs, layout: layout, context: context)
    plans[next] = plan
    next = (next + 1) % plans.count
    return plan
  }
}
