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

  /// A product of operands that fit, by a plan for their shapes.
  public init(
    _ dy: MatrixView<S>, times weight: WeightView<S>, into dx: MutableMatrixView<S>, scratch: ProductScratch<S>,
    plan: GEMMPlan
  ) {
    require(
      dx.columns == weight.inputs && dy.columns == weight.outputs && dx.rows == dy.rows,
      "backward-data: dY is \(dy.rows)×\(dy.columns), W \(weight.inputs)×\(weight.outputs) and dX \(dx.rows)×\(dx.columns)"
    )
    requirePadding(of: dy, beside: weight)
    requirePadding(of: dx.readOnly, beside: weight)
    plan.requireFit(.backwardData, batch: dy.rows, weight)
    self.plan = plan
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
    let slope = dy.block(rows: rows, columns: 0..<dy.columns)
    switch (plan.kernel, weight.layout) {
    case (.openBLAS, .plain):
      Product(
        slope, times: weight.matrix.readOnly.block(rows: columns, columns: 0..<weight.outputs), .transposed,
        into: dx.block(rows: rows, columns: columns)
      ).run(thread: 0, of: 1)
    case (.openBLAS, _):
      Product(
        slope, times: weight.matrix.readOnly.block(rows: 0..<weight.outputs, columns: columns),
        into: dx.block(rows: rows, columns: columns)
      ).run(thread: 0, of: 1)
    case (.openBLASPanels, .panels(let width)):
      let target = MutableMatrixView(
        sumTarget(thread, rows, columns), rows: rows.count, columns: columns.count, rowStride: dx.rowStride)
      let outputs = plan.contraction(thread: thread)
      for column in panelStarts(outputs, width: width) {
        Product(
          dy.panel(rows: rows, at: column, width: width),
          times: weight.panel(at: column, width: width).readOnly.block(rows: columns, columns: 0..<width), .transposed,
          beta: column == outputs.lowerBound ? 0 : 1, into: target
        ).run(thread: 0, of: 1)
      }
    case (.ntDot, .panels(let width)), (.ntPacked, .panels(let width)):
      let outputs = plan.contraction(thread: thread)
      let product = bk_product_nt(
        rows: rows.count, columns: columns.count, panels: (outputs.count + width - 1) / width,
        a: slope.baseAddress + outputs.lowerBound, a_row: dy.rowStride,
        b: weight.baseAddress + outputs.lowerBound * weight.inputs + columns.lowerBound * width, b_row: width,
        b_panel: weight.inputs * width, c: sumTarget(thread, rows, columns), c_row: dx.rowStride)
      if plan.kernel == .ntPacked {
        S.kernelProductNTPacked(weight.instructionSet, product, scratch.kernel(thread: thread))
      } else {
        S.kernelProductNTByDot(weight.instructionSet, product)
      }
    case (.nn, .transposed(let rowStride)):
      let width = S.panelWidth(weight.instructionSet)
      S.kernelProductNN(
        weight.instructionSet,
        bk_product_nn(
          rows: rows.count, panels: (columns.count + width - 1) / width, depth: weight.outputs, a: slope.baseAddress,
          a_row: dy.rowStride, b: weight.baseAddress + columns.lowerBound, b_depth: rowStride, b_panel: width,
          c: sumTarget(thread, rows, columns), c_row: dx.rowStride, c_panel: width, bias: nil, relu: 0))
    default: plan.refuse()
    }
  }

  /// Where a thread's block goes: dX, or its own part of a sum over threads, which then is all of the rows and columns.
  private func sumTarget(_ thread: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> UnsafeMutablePointer<S> {
    plan.contractionParts > 1 && thread > 0
      ? scratch.partialSums(thread: thread) : dx.row(rows.lowerBound) + columns.lowerBound
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
