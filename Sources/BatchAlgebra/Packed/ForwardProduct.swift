import BatchFoundation
import CBatchKernels

/// Y [batch, outputs] = X [batch, inputs]·W + b, negative results made 0 where asked for.
///
/// Rows of X and Y are padded as ``paddedRowStride(_:)`` says, unless the weight is plain. What pads Y becomes zero.
public struct ForwardProduct<S: Scalar>: TeamTask {
  /// How it is computed.
  public let plan: GEMMPlan
  private let x: MatrixView<S>
  private let weight: WeightView<S>
  private let bias: UnsafePointer<S>
  private let rectified: Bool
  private let y: MutableMatrixView<S>

  /// A product of operands that fit; `bias` has `outputs` elements, padded with zeros to whole panels.
  public init(
    _ x: MatrixView<S>, times weight: WeightView<S>, plus bias: UnsafePointer<S>, rectified: Bool,
    into y: MutableMatrixView<S>, threads: Int, thresholds: GEMMThresholds = .defaults
  ) {
    require(
      x.columns == weight.inputs && y.columns == weight.outputs && x.rows == y.rows,
      "forward: X is \(x.rows)×\(x.columns), W \(weight.inputs)×\(weight.outputs) and Y \(y.rows)×\(y.columns)")
    requirePadding(of: x, beside: weight)
    requirePadding(of: y.readOnly, beside: weight)
    plan = GEMMPlan(
      .forward, batch: x.rows, inputs: weight.inputs, outputs: weight.outputs, layout: weight.layout,
      threads: threads, thresholds: thresholds)
    self.x = x
    self.weight = weight
    self.bias = bias
    self.rectified = rectified
    self.y = y
  }

  /// Computes the block of one thread.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(thread: Int, of threads: Int) {
    let (rows, columns) = plan.block(thread: thread)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let out = y.baseAddress + rows.lowerBound * y.rowStride + columns.lowerBound
    let input = x.baseAddress + rows.lowerBound * x.rowStride
    switch weight.layout {
    case .plain:
      let block = y.block(rows: rows, columns: columns)
      Product(
        x.block(rows: rows, columns: 0..<x.columns),
        times: weight.matrix.readOnly.block(rows: 0..<weight.inputs, columns: columns), into: block
      ).run(thread: 0, of: 1)
      S.kernelBiasActivation(
        weight.instructionSet, rectified ? BK_RELU : BK_IDENTITY, block.rows, block.columns, out, y.rowStride,
        bias + columns.lowerBound, nil,
        0)
    case .panels(let width):
      S.kernelBroadcastProduct(
        weight.instructionSet,
        bk_broadcast_product(
          rows: rows.count, panels: (columns.count + width - 1) / width, depth: weight.inputs, a: input,
          a_row: x.rowStride, b: weight.baseAddress + columns.lowerBound * weight.inputs, b_depth: width,
          b_panel: weight.inputs * width, c: out, c_row: y.rowStride, c_panel: width, bias: bias + columns.lowerBound,
          relu: rectified ? 1 : 0))
    case .transposed(let rowStride):
      let width = S.panelWidth(weight.instructionSet)
      S.kernelDotProduct(
        weight.instructionSet,
        bk_dot_product(
          rows: rows.count, columns: columns.count, panels: (weight.inputs + width - 1) / width, a: input,
          a_row: x.rowStride, b: weight.baseAddress + columns.lowerBound * rowStride, b_row: rowStride, b_panel: width,
          c: out, c_row: y.rowStride))
      S.kernelBiasActivation(
        weight.instructionSet, rectified ? BK_RELU : BK_IDENTITY, rows.count, columns.count, out, y.rowStride,
        bias + columns.lowerBound, nil,
        0)
    }
  }
}

/// Kernels read and write whole panels; a row that ends earlier would be a write into the next.
func requirePadding<S: Scalar>(of view: MatrixView<S>, beside weight: WeightView<S>) {
  require(
    weight.layout == .plain || view.rowStride >= paddedRowStride(view.columns),
    "rows of \(view.columns) are \(view.rowStride) apart; beside weights in panels they must be "
      + "\(paddedRowStride(view.columns)) apart")
}
