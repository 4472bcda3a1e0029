public import BatchAlgebra

/// The products as the package computes them: planned, on a team.
///
/// On a plain weight these are calls of OpenBLAS, one a thread; else the package's kernels, which the planner or forced
/// thresholds choose.
public final class PlannedProducts<S: Scalar>: LayerProducts {
  public let operands: LayerOperands<S>
  private let team: ThreadTeam
  private let context: ComputeContext
  private let scratch: ProductScratch<S>
  private let scratchMemory: AlignedBuffer<UInt8>

  /// Products on a team's threads, by the context's instruction set and thresholds.
  ///
  /// - Throws: `AllocationError` when there is no memory for scratch.
  public init(
    _ operands: LayerOperands<S>, team: ThreadTeam, context: ComputeContext
  ) throws(AllocationError) {
    self.operands = operands
    self.team = team
    self.context = context
    let bytesPerThread = ProductScratch<S>.byteCount(
      inputs: operands.inputs, instructionSet: operands.instructionSet)
    scratchMemory = try AlignedBuffer(count: team.threads * bytesPerThread, inHugePages: true)
    scratch = ProductScratch(
      scratchMemory.baseAddress, bytesPerThread: bytesPerThread, instructionSet: operands.instructionSet)
  }

  public func method(_ pass: GEMMPlan.Pass, batch: Int) -> ProductMethod {
    plan(pass, batch: batch).productMethod
  }

  private func plan(_ pass: GEMMPlan.Pass, batch: Int) -> GEMMPlan {
    GEMMPlan(
      pass, batch: batch, inputs: operands.inputs, outputs: operands.outputs, layout: operands.layout,
      threads: team.threads, thresholds: context.thresholds)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(_ pass: GEMMPlan.Pass, batch: Int, copy: Int) {
    run(pass, batch: batch, copy: copy, thresholds: context.thresholds)
  }

  /// Computes a product with other thresholds than the engine's own.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(_ pass: GEMMPlan.Pass, batch: Int, copy: Int = 0, thresholds: GEMMThresholds) {
    switch pass {
    case .forward:
      let product = ForwardProduct(
        operands.input(batch).readOnly, times: operands.weight(copy), plus: operands.bias, rectified: false,
        into: operands.output(batch), threads: team.threads, thresholds: thresholds)
      team.run(product, parts: product.plan.parts)
    case .backwardData:
      BackwardDataProduct(
        operands.outputGradient(batch).readOnly, times: operands.weight(copy), into: operands.inputGradient(batch),
        scratch: scratch, threads: team.threads, thresholds: thresholds
      ).run(on: team)
    case .backwardWeights:
      runBackwardWeights(batch: batch, into: operands.gradient(copy), update: nil, thresholds: thresholds)
    }
  }

  /// Computes the gradient of the weight into a target, or updates the target with it.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func runBackwardWeights(
    batch: Int, into target: WeightView<S>, update: WeightUpdate<S>?, thresholds: GEMMThresholds
  ) {
    let product = BackwardWeightsProduct(
      operands.input(batch).readOnly, operands.outputGradient(batch).readOnly, into: target, update: update,
      scratch: scratch, threads: team.threads, thresholds: thresholds)
    team.run(product, parts: product.plan.parts)
  }
}

extension GEMMPlan {
  /// The plan as the profiler tells it.
  var productMethod: ProductMethod {
    guard kernel == .openBLAS else {
      return ProductMethod(
        description: method, threads: parts, packs: false, tileWork: padding, imbalance: largestShare * Double(parts))
    }
    let (rows, columns) = block(thread: 0)
    let product = BLASCall(pass, batch: batch, inputs: inputs, outputs: outputs).cut(rows: rows, columns: columns)
    var method = OpenBLASPath.linked(threads: 1).method(product)
    method.description = "\(self.method): \(method.description)"
    method.threads = parts
    method.imbalance = largestShare * Double(parts)
    return method
  }

  /// The multiply-adds of whole panels and vectors over those asked for.
  private var padding: Double {
    guard case .panels(let width) = layout else { return 1 }
    return Double((outputs + width - 1) / width * width) / Double(outputs)
  }

  /// The work of the thread that has most, as a share of all.
  private var largestShare: Double {
    guard contractionParts == 1 else {
      return (0..<parts).map { Double(contraction(thread: $0).count) / Double(outputs) }.max() ?? 1
    }
    let blocks = (0..<parts).map { block(thread: $0) }
    let all = blocks.map { Double($0.rows.count) * Double($0.columns.count) }
    return (all.max() ?? 1) / max(1, all.reduce(0, +))
  }
}
