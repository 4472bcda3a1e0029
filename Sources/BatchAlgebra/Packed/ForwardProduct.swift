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

  /// A product of operands that fit, by a plan for their shapes; `bias` has `outputs` elements, padded with zeros to
  /// whole panels.
  public init(
    _ x: MatrixView<S>, times weight: WeightView<S>, plus bias: UnsafePointer<S>, rectified: Bool,
    into y: MutableMatrixView<S>, plan: GEMMPlan
  ) {
    require(
      x.columns == weight.inputs && y.columns == weight.outputs && x.rows == y.rows,
      "forward: X is \(x.rows)×\(x.columns), W \(weight.inputs)×\(weight.outputs) and Y \(y.rows)×\(y.columns)")
    requirePadding(of: x, beside: weight)
    requirePadding(of: y.readOnly, beside: weight)
    plan.requireFit(.forward, batch: x.rows, weight)
    self.plan = plan
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
    switch (plan.kernel, weight.layout) {
    case (.openBLAS, .plain):
      Product(
        x.block(rows: rows, columns: 0..<x.columns),
        times: weight.matrix.readOnly.block(rows: 0..<weight.inputs, columns: columns),
        into: y.block(rows: rows, columns: columns)
      ).run(thread: 0, of: 1)
      addBias(rows, columns)
    case (.openBLAS, _):
      Product(
        x.block(rows: rows, columns: 0..<x.columns),
        times: weight.matrix.readOnly.block(rows: columns, columns: 0..<weight.inputs), .transposed,
        into: y.block(rows: rows, columns: columns)
      ).run(thread: 0, of: 1)
      addBias(rows, columns)
    case (.openBLASPanels, .panels(let width)):
      let input = x.block(rows: rows, columns: 0..<x.columns)
      for column in panelStarts(columns, width: width) {
        Product(
          input, times: weight.panel(at: column, width: width).readOnly,
          into: y.panel(rows: rows, at: column, width: width)
        ).run(thread: 0, of: 1)
      }
      addBias(rows, columns)
    case (.nn, .panels(let width)):
      S.kernelProductNN(
        weight.instructionSet,
        bk_product_nn(
          rows: rows.count, panels: (columns.count + width - 1) / width, depth: weight.inputs,
          a: x.row(rows.lowerBound), a_row: x.rowStride, b: weight.baseAddress + columns.lowerBound * weight.inputs,
          b_depth: width, b_panel: weight.inputs * width, c: y.row(rows.lowerBound) + columns.lowerBound,
          c_row: y.rowStride, c_panel: width, bias: bias + columns.lowerBound, relu: rectified ? 1 : 0))
    case (.ntDot, .transposed(let rowStride)):
      let width = S.panelWidth(weight.instructionSet)
      S.kernelProductNTByDot(
        weight.instructionSet,
        bk_product_nt(
          rows: rows.count, columns: columns.count, panels: (weight.inputs + width - 1) / width,
          a: x.row(rows.lowerBound), a_row: x.rowStride, b: weight.baseAddress + columns.lowerBound * rowStride,
          b_row: rowStride, b_panel: width, c: y.row(rows.lowerBound) + columns.lowerBound, c_row: y.rowStride))
      addBias(rows, columns)
    default: plan.refuse()
    }
  }

  /// The pass over the result that a product without a bias of its own takes.
  private func addBias(_ rows: Range<Int>, _ columns: Range<Int>) {
    S.kernelBiasActivation(
      weight.instructionSet, rectified ? BK_RELU : BK_IDENTITY, rows.count, columns.count,
      y.row(rows.lowerBound) + columns.lowerBound, y.rowStride, bias + columns.lowerBound, nil, 0)
  }
}

extension GEMMPlan {
  /// A plan for other operands would read and write elsewhere.
  func requireFit<S: Scalar>(_ pass: Pass, batch: Int, _ weight: WeightView<S>) {
    require(
      self.pass == pass && self.batch == batch && inputs == weight.inputs && outputs == weight.outputs
        && layout == weight.layout,
      "the plan \(self) is not for the \(pass.rawValue) product of \(batch) examples, \(weight.inputs) to "
        + "\(weight.outputs), on \(weight.layout)")
  }

  /// Ends the program: a plan chooses no kernel that does not fit its layout.
  func refuse() -> Never { fatalError("\(self) cannot be carried out on \(layout)") }
}

/// Kernels read and write whole panels; a row that ends earlier would be a write into the next.
func requirePadding<S: Scalar>(of view: MatrixView<S>, beside weight: WeightView<S>) {
  require(
    weight.layout == .plain || view.rowStride >= paddedRowStride(view.columns),
    "rows of \(view.columns) are \(view.rowStride) apart; beside weights in panels they must be "
      + "\(paddedRowStride(view.columns)) apart")
}
