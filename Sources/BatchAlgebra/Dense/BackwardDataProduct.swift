import CBatchKernels

/// dX [batch, inputs] = dY [batch, outputs]·Wᵀ.
///
/// Rows are padded as for ``ForwardProduct``; what pads dY must be zero, what pads dX stays zero.
public struct BackwardDataProduct<S: Scalar>: TeamTask {
  /// How it is computed.
  public let plan: GEMMPlan
  private let dy: MatrixView<S>
  private let weight: WeightView<S>
  private let dx: MutableMatrixView<S>
  private let scratch: UnsafeMutablePointer<S>

  /// A product of operands that fit; `scratch` has `S.scratchCount` elements a thread, `kernel` forces a kernel as in
  /// ``GEMMPlan``.
  public init(
    _ dy: MatrixView<S>, times weight: WeightView<S>, into dx: MutableMatrixView<S>,
    scratch: UnsafeMutablePointer<S>, threads: Int, kernel: GEMMPlan.Kernel? = nil
  ) {
    precondition(
      dx.columns == weight.inputs && dy.columns == weight.outputs && dx.rows == dy.rows,
      "backward-data: dY is \(dy.rows)×\(dy.columns), W \(weight.inputs)×\(weight.outputs) and dX \(dx.rows)×\(dx.columns)"
    )
    requirePadding(of: dy, beside: weight)
    requirePadding(of: dx.readOnly, beside: weight)
    plan = GEMMPlan(
      .backwardData, batch: dy.rows, inputs: weight.inputs, outputs: weight.outputs, layout: weight.layout,
      threads: threads, backwardDataKernel: kernel)
    self.dy = dy
    self.weight = weight
    self.dx = dx
    self.scratch = scratch
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
      let product = bk_dot_product(
        rows: rows.count, columns: columns.count, panels: (weight.outputs + width - 1) / width, a: slope,
        a_row: dy.rowStride, b: weight.baseAddress + columns.lowerBound * width, b_row: width,
        b_panel: weight.inputs * width, c: out, c_row: dx.rowStride)
      if plan.kernel == .transposing {
        S.kernelTransposingProduct(
          weight.instructionSet, product, scratch + thread * S.scratchCount(weight.instructionSet))
      } else {
        S.kernelDotProduct(weight.instructionSet, product)
      }
    case .transposed(let rowStride):
      let width = S.panelWidth(weight.instructionSet)
      S.kernelBroadcastProduct(
        weight.instructionSet,
        bk_broadcast_product(
          rows: rows.count, panels: (columns.count + width - 1) / width, depth: weight.outputs, a: slope,
          a_row: dy.rowStride, a_depth: 1, b: weight.baseAddress + columns.lowerBound, b_depth: rowStride,
          b_panel: width, c: out, c_row: dx.rowStride, c_panel: width, bias: nil, relu: 0), nil)
    }
  }
}
