public import BatchAlgebra

/// The products as the package computes them: planned, on a team.
///
/// On a plain weight these are calls of OpenBLAS, one a thread; on panels OpenBLAS or the package's kernels, as the
/// context's engine and thresholds choose.
public final class PlannedProducts<S: Scalar>: LayerProducts {
  public let operands: LayerOperands<S>
  private let team: ThreadTeam
  private var context: ComputeContext
  private let scratch: ProductScratch<S>

  /// Products on a team's threads, by the context's instruction set and thresholds.
  ///
  /// - Throws: `AllocationError` when there is no memory for scratch.
  public init(
    _ operands: LayerOperands<S>, team: ThreadTeam, context: ComputeContext
  ) throws(AllocationError) {
    self.operands = operands
    self.team = team
    self.context = context
    self.context.threads = team.threads
    scratch = try operands.scratch(threads: team.threads)
  }

  public func method(_ pass: GEMMPlan.Pass, batch: Int) -> ProductMethod {
    plan(pass, batch: batch).productMethod
  }

  private func plan(_ pass: GEMMPlan.Pass, batch: Int) -> GEMMPlan {
    GEMMPlan(
      pass, batch: batch, inputs: operands.inputs, outputs: operands.outputs, layout: operands.layout, context: context)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(_ pass: GEMMPlan.Pass, batch: Int, copy: Int) { run(plan(pass, batch: batch), copy: copy) }

  /// Computes a product by another plan than the context's.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(_ plan: GEMMPlan, copy: Int = 0) {
    let batch = plan.batch
    switch plan.pass {
    case .forward:
      let product = ForwardProduct(
        operands.input(batch).readOnly, times: operands.weight(copy), plus: operands.bias, rectified: false,
        into: operands.output(batch), plan: plan)
      team.run(product, parts: plan.parts)
    case .backwardData:
      BackwardDataProduct(
        operands.outputGradient(batch).readOnly, times: operands.weight(copy), into: operands.inputGradient(batch),
        scratch: scratch, plan: plan
      ).run(on: team)
    case .backwardWeights:
      runBackwardWeights(plan, copy: copy, update: nil)
    }
  }

  /// Computes the gradient of the weight, or updates the weight with it.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func runBackwardWeights(_ plan: GEMMPlan, copy: Int = 0, update: WeightUpdate<S>?) {
    let product = BackwardWeightsProduct(
      operands.input(plan.batch).readOnly, operands.outputGradient(plan.batch).readOnly, into: operands.gradient(copy),
      updating: operands.weight(copy), by: update, scratch: scratch, plan: plan)
    team.run(product, parts: plan.parts)
  }
}

extension GEMMPlan {
  /// The plan as the profiler tells it.
  var productMethod: ProductMethod {
    guard kernel.isOpenBLAS else {
      return ProductMethod(
        description: method, threads: parts, packs: false, tileWork: padding, imbalance: largestShare * Double(parts))
    }
    let (rows, columns) = block(thread: 0)
    var method = OpenBLASPath.linked(threads: 1).method(call(rows: rows, columns: columns))
    method.description = "\(self.method): \(method.description)"
    method.threads = parts
    method.imbalance = largestShare * Double(parts)
    return method
  }

  /// A thread's call of OpenBLAS, or for panels one of its calls.
  private func call(rows: Range<Int>, columns: Range<Int>) -> BLASCall {
    switch (layout, pass) {
    case (.panels(let width), .backwardData):
      BLASCall(pass, batch: batch, inputs: inputs, outputs: width).cut(rows: rows, columns: columns)
    case (.panels(let width), _):
      BLASCall(pass, batch: batch, inputs: inputs, outputs: width).cut(rows: rows, columns: 0..<width)
    default: BLASCall(pass, batch: batch, inputs: inputs, outputs: outputs).cut(rows: rows, columns: columns)
    }
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
