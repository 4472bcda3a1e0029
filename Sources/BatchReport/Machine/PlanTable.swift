public import BatchAlgebra
public import BatchProfiling

/// How the products of dense layers are computed, batch size by batch size.
public enum PlanTable {
  /// A row for each layer, pass and range of batch sizes that share a plan.
  public static func table(
    layers: [LayerShape], batchSizes: [Int], context: ComputeContext
  ) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("layer", "layer", isNumeric: false), TextTable.Column("pass", "pass", isNumeric: false),
      TextTable.Column("batch_from", "batch from"), TextTable.Column("batch_to", "to"),
      TextTable.Column("plan", "plan", isNumeric: false), TextTable.Column("reason", "reason", isNumeric: false),
    ])
    for layer in layers {
      for pass in GEMMPlan.Pass.allCases {
        let plans = batchSizes.map { plan(pass, layer, batch: $0, context) }
        for range in runs(of: plans) {
          let plan = plans[range.lowerBound]
          table.append([
            .text(layer.description), .text(pass.rawValue), .integer(plan.batch),
            .integer(plans[range.upperBound - 1].batch), .text(plan.method), .text(plan.reason),
          ])
        }
      }
    }
    return table
  }

  /// The plans of all products of the layers at one batch size.
  public static func plans(layers: [LayerShape], batch: Int, context: ComputeContext) -> [GEMMPlan] {
    layers.flatMap { layer in GEMMPlan.Pass.allCases.map { plan($0, layer, batch: batch, context) } }
  }

  private static func plan(
    _ pass: GEMMPlan.Pass, _ layer: LayerShape, batch: Int, _ context: ComputeContext
  ) -> GEMMPlan {
    let (inputs, outputs) = (layer.inputs, layer.outputs)
    return switch context.precision {
    case .float: plan(Float.self)
    case .double: plan(Double.self)
    }

    func plan<S: Scalar>(_ scalar: S.Type) -> GEMMPlan {
      GEMMPlan(
        pass, batch: batch, inputs: inputs, outputs: outputs,
        layout: .best(inputs: inputs, outputs: outputs, of: S.self, in: context), context: context)
    }
  }

  /// The ranges of neighbours that are computed alike.
  private static func runs(of plans: [GEMMPlan]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for index in plans.indices {
      if let last = ranges.last, plans[last.lowerBound].method == plans[index].method {
        ranges[ranges.count - 1] = last.lowerBound..<index + 1
      } else {
        ranges.append(index..<index + 1)
      }
    }
    return ranges
  }
}
