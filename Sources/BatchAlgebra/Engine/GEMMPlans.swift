/// The plans of one dense layer's products, made once for a batch size and kept.
///
/// They belong to whoever runs the layer, and are asked for by one thread at a time. A run has few batch sizes, the full
/// one and that of a short last batch; plans for so many are kept, in memory of their own: asking allocates nothing.
public final class GEMMPlans: @unchecked Sendable {
  /// The number of the layer's inputs.
  public let inputs: Int
  /// The number of the layer's outputs.
  public let outputs: Int
  /// The layout of the weight.
  public let layout: WeightLayout
  /// What the plans are made for.
  public let context: ComputeContext
  private let kept: UnsafeMutableBufferPointer<Kept>
  private var next = 0

  /// The plans for a batch size.
  private struct Kept {
    let batch: Int
    let forward, backwardData, backwardWeights: GEMMPlan
  }

  /// The plans of a layer whose weight [inputs, outputs] lies in a layout.
  public init(inputs: Int, outputs: Int, layout: WeightLayout, context: ComputeContext) {
    (self.inputs, self.outputs, self.layout, self.context) = (inputs, outputs, layout, context)
    kept = .allocate(capacity: 4)
    kept.initialize(repeating: Self.plans(1, inputs, outputs, layout, context))
  }

  deinit { kept.deallocate() }

  /// How a product of so many examples is computed.
  public func plan(_ pass: GEMMPlan.Pass, batch: Int) -> GEMMPlan {
    let place = kept.firstIndex { $0.batch == batch } ?? store(batch)
    switch pass {
    case .forward: return kept[place].forward
    case .backwardData: return kept[place].backwardData
    case .backwardWeights: return kept[place].backwardWeights
    }
  }

  /// Makes the plans for a batch size and keeps them in place of the oldest.
  private func store(_ batch: Int) -> Int {
    let place = next
    kept[place] = Self.plans(batch, inputs, outputs, layout, context)
    next = (next + 1) % kept.count
    return place
  }

  private static func plans(
    _ batch: Int, _ inputs: Int, _ outputs: Int, _ layout: WeightLayout, _ context: ComputeContext
  ) -> Kept {
    func plan(_ pass: GEMMPlan.Pass) -> GEMMPlan {
      GEMMPlan(pass, batch: batch, inputs: inputs, outputs: outputs, layout: layout, context: context)
    }
    return Kept(
      batch: batch, forward: plan(.forward), backwardData: plan(.backwardData), backwardWeights: plan(.backwardWeights))
  }
}
