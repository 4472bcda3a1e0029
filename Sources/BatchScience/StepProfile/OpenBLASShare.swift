public import BatchAlgebra
public import BatchTraining

/// How much of a training step's products OpenBLAS computes at a batch size, and why.
public struct OpenBLASShare: Sendable, Hashable, Codable {
  /// OpenBLAS's multiply-adds over those of all products of dense layers, 0 … 1.
  public var share: Double
  /// How each product is computed and why, in the order of the layers: `784×512 forward: …`; those that are alike once.
  public var reasons: [String]

  /// The share of some plans.
  public init(_ plans: [GEMMPlan]) {
    let total = plans.reduce(0) { $0 + $1.work }
    let openBLAS = plans.filter(\.kernel.isOpenBLAS).reduce(0) { $0 + $1.work }
    share = total > 0 ? openBLAS / total : 0
    reasons = []
    for plan in plans {
      let reason = "\(plan.inputs)×\(plan.outputs) \(plan.pass.rawValue): \(plan.method), since \(plan.reason)"
      if !reasons.contains(reason) { reasons.append(reason) }
    }
  }

  /// The share of a step of a network on so many threads; nobody needs the gradient of the model's input.
  public init<S: Scalar>(of network: Network<S>, batch: Int, threads: Int) {
    var context = network.context
    context.threads = threads
    var plans: [GEMMPlan] = []
    for (index, node) in network.graph.nodes.enumerated() {
      for slot in network.slots(ofNode: index) where slot.shape.count == 2 {
        for pass in GEMMPlan.Pass.allCases where pass != .backwardData || !node.inputs.contains(0) {
          plans.append(
            GEMMPlan(
              pass, batch: batch, inputs: slot.shape[0], outputs: slot.shape[1], layout: slot.layout, context: context))
        }
      }
    }
    self.init(plans)
  }
}
