import BatchFoundation
import CBatchKernels

/// dX [batch, inputs] = dY [batch, outputs]·Wᵀ.
///
/// Rows are padded as for ``ForwardProduct``; what pads dY must be zero, what pads dX stays zero. Where the plan cuts
/// the contraction, dX is complete only after ``addPartialSums(on:)``; ``run(on:)`` does both.
public struct BackwardDataProduct<S: Scalar>: TeamTask {
  /// How it is computed.
  public let plan: GEMMPlan
  private let dy: MatrixView<S>
  private let weight: WeightView<S>
  private let dx: MutableMatrixView<S>
  private let scratch: ProductScratch<S>

  /// A product of operands that fit, with thresholds as for ``GEMMPlan``.
  public init(
    _ dy: MatrixView<S>, times weight: WeightView<S>, into dx: MutableMatrixView<S>,
    scratch: ProductScratch<S>, threads: Int, thresholds: GEMMThresholds = .defaults
  ) {
    require(
      dx.columns == weight.inputs && dy.columns == weight.outputs && dx.rows == dy.rows,
      "backward-data: dY is \(dy.rows)×\(dy.columns), W \(weight.inputs)×\(weight.outputs) and dX \(dx.rows)×\(dx.columns)"
    )
    requirePadding(of: dy, beside: weight)
    requirePadding(of: dx.readOnly, beside: weight)
    plan = GEMMPlan(
      .backwardData, batch: dy.rows, inputs: weight.inputs, outputs: weight.outputs, layout: weight.layout,
      threads: threads, thresholds: thresholds)
    self.dy = dy
    self.weight = weight
    self.dx = dx
    self.scratch = scratch
  }

  /// Computes all of dX.
  public func run(on team: ThreadTeam) {
    team.run(self, parts: plan.parts)
    addPartialSums(on: team)
  }

  /// Adds up what the threads summed over their parts of the contraction.
  public func addPartialSums(on team: ThreadTeam) {
    guard plan.contractionParts > 1 else { return }
    let sum = PartialSum(instructionSet: weight.instructionSet, dx: dx, parts: plan.contractionParts, scratch: scratch)
    team.run(sum, parts: sum.isLarge ? team.threads : 1)
  }

  /// Computes the block of one thread.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(thread: Int, of threads: Int) {
    let (rows, columns) = plan.block(thread: thread)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let out = dx.baseAddress + rows.lowerBound * dx.rowStride + columns.lowerBound
    let slope = dy.baseAddress + rows.lowerBound * dy.rowStride
    switch weight.layout {
    case .plain:
      Product(
        dy.block(rows: rows, columns: 0..<dy.columns),
        times: weight.matrix.readOnly.block(rows: columns, columns: 0..<weight.outputs), .transposed,
        into: dx.block(rows: rows, columns: columns)
      ).run(thread: 0, of: 1)
    case .panels(let width):
      let outputs = plan.contraction(thread: thread)
      let isPartial = plan.contractionParts > 1 && thread > 0
      let product = bk_dot_product(
        rows: rows.count, columns: columns.count, panels: (outputs.count + width - 1) / width,
        a: slope + outputs.lowerBound, a_row: dy.rowStride,
        b: weight.baseAddress + outputs.lowerBound * weight.inputs + columns.lowerBound * width, b_row: width,
        b_panel: weight.inputs * width, c: isPartial ? scratch.partialSums(thread: thread) : out, c_row: dx.rowStride)
      if plan.kernel == .mirrored {
        S.kernelMirroredProduct(weight.instructionSet, product, scratch.kernel(thread: thread))
      } else {
        S.kernelDotProduct(weight.instructionSet, product)
      }
    case .transposed(let rowStride):
      let width = S.panelWidth(weight.instructionSet)
      S.kernelBroadcastProduct(
        weight.instructionSet,
        bk_broadcast_product(
          rows: rows.count, panels: (columns.count + width - 1) / width, depth: weight.outputs, a: slope,
          a_row: dy.rowStride, b: weight.baseAddress + columns.lowerBound, b_depth: rowStride, b_panel: width, c: out,
          c_row: dx.rowStride, c_panel: width, bias: nil, relu: 0))
    }
  }
}

/// dX, which holds the first thread's part of the contraction, and the other threads' parts.
private struct PartialSum<S: Scalar>: TeamTask {
  let instructionSet: InstructionSet
  let dx: MutableMatrixView<S>
  let parts: Int
  let scratch: ProductScratch<S>

  /// Below about a microsecond of work one thread does it all.
  var isLarge: Bool { dx.rows * dx.columns * (parts - 1) >= 65_536 }

  func run(thread: Int, of threads: Int) {
    let columns = workShare(of: dx.columns, thread: thread, threads: threads, grain: 16)
    for part in 1..<parts {
      S.kernelAdd(
        instructionSet, dx.rows, columns.count, scratch.partialSums(thread: part) + columns.lowerBound, dx.rowStride,
        dx.baseAddress + columns.lowerBound, dx.rowStride)
    }
  }
}
