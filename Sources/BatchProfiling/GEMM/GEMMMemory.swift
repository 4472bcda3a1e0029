import BatchAlgebra

/// The memory that a plan's operands take.
struct GEMMMemory<S: Scalar> {
  let plan: GEMMProfilePlan
  private let context: ComputeContext
  /// The bytes of the largest cache, where weights must not stay.
  private let cache: Int
  private let largestBatch: Int

  init(_ plan: GEMMProfilePlan, _ context: ComputeContext) {
    self.context = context
    self.plan = plan
    cache = CacheLevels.current().levels.map(\.byteCount).max() ?? 32 << 20
    largestBatch = plan.largestBatch
  }

  /// Cold weights fill the last cache so many times over.
  private static var cacheFills: Int { 2 }

  /// The number of weights of a layer in a layout that take turns; one where nobody asks for cold ones.
  func copies(_ layer: LayerShape, _ layout: WeightLayout) -> Int {
    guard plan.weights == .cold, plan.allLayers.contains(layer) else { return 1 }
    // As it lies there: padded to whole panels a small weight takes many times its numbers.
    let weight = LayerOperands<S>.weightByteCount(inputs: layer.inputs, outputs: layer.outputs, layout: layout)
    return max(2, (Self.cacheFills * cache + weight - 1) / weight)
  }

  /// The bytes for one layer, each layout that its engines want once.
  func byteCount(_ layer: LayerShape) -> Int {
    let layouts = Set(
      plan.engines.map {
        $0.layout(inputs: layer.inputs, outputs: layer.outputs, of: S.self, in: context)
      })
    return Self.sum(
      layouts.map { layout in
        LayerOperands<S>.byteCount(
          inputs: layer.inputs, outputs: layer.outputs, layout: layout, capacity: largestBatch,
          copies: copies(layer, layout))
      })
  }

  /// The bytes for all layers.
  var byteCount: Int { Self.sum(plan.allLayers.map(byteCount)) }

  /// The sum, or `Int.max` where it does not hold it.
  private static func sum(_ counts: [Int]) -> Int {
    counts.reduce(0) { sum, count in
      let (next, overflow) = sum.addingReportingOverflow(count)
      return overflow ? .max : next
    }
  }

  /// Checks that all operands fit into what is free, before anything is allocated.
  func requireAvailable() throws(GEMMProfileError) {
    let needed = byteCount
    guard let available = AvailableMemory.current(), needed > available,
      let largest = plan.allLayers.max(by: { byteCount($0) < byteCount($1) })
    else { return }
    throw .memory(
      needed: needed, available: available, largest: "\(largest) at batch \(largestBatch)")
  }
}
