import BatchFoundation
public import CBatchKernels

/// dW [inputs, outputs] = Xᵀ·dY, written out, or used for the weights' update and forgotten.
///
/// Rows of X and dY are padded as for ``ForwardProduct``; what pads dY, and for a transposed weight X, must be zero.
public struct BackwardWeightsProduct<S: Scalar>: TeamTask {
  /// How it is computed.
  public let plan: GEMMPlan
  private let x: MatrixView<S>
  private let dy: MatrixView<S>
  private let target: WeightView<S>
  private let update: WeightUpdate<S>?
  private let scratch: ProductScratch<S>

  /// A product of operands that fit.
  ///
  /// Without an update `target` is where the gradient goes; with one it is the weight itself, in panels.
  public init(
    _ x: MatrixView<S>, _ dy: MatrixView<S>, into target: WeightView<S>, update: WeightUpdate<S>? = nil,
    scratch: ProductScratch<S>, threads: Int, thresholds: GEMMThresholds = .defaults
  ) {
    require(
      x.columns == target.inputs && dy.columns == target.outputs && x.rows == dy.rows,
      "backward-weights: X is \(x.rows)×\(x.columns), dY \(dy.rows)×\(dy.columns) and dW \(target.inputs)×\(target.outputs)"
    )
    requirePadding(of: x, beside: target)
    requirePadding(of: dy, beside: target)
    plan = GEMMPlan(
      .backwardWeights, batch: x.rows, inputs: target.inputs, outputs: target.outputs, layout: target.layout,
      threads: threads, thresholds: thresholds)
    self.x = x
    self.dy = dy
    self.target = target
    self.update = update
    self.scratch = scratch
  }

  /// Computes the block of one thread.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(thread: Int, of threads: Int) {
    let (rows, columns) = plan.block(thread: thread)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    switch target.layout {
    case .plain:
      require(update == nil, "an update is fused with weights in panels only")
      Product(
        x.block(rows: 0..<x.rows, columns: rows), .transposed, times: dy.block(rows: 0..<dy.rows, columns: columns),
        into: target.matrix.block(rows: rows, columns: columns)
      ).run(thread: 0, of: 1)
    case .panels(let width):
      let offset = columns.lowerBound * target.inputs + rows.lowerBound * width
      let product = bk_gradient_product(
        rows: rows.count, panels: (columns.count + width - 1) / width, depth: x.rows,
        a: x.baseAddress + rows.lowerBound, a_depth: x.rowStride, b: dy.baseAddress + columns.lowerBound,
        b_depth: dy.rowStride, b_panel: width, c: target.baseAddress + offset, c_row: width,
        c_panel: target.inputs * width)
      S.kernelGradientProduct(
        target.instructionSet, product, update?.rule, update?.state0.map { $0 + offset },
        update?.state1.map { $0 + offset }, update?.state2.map { $0 + offset }, scratch.kernel(thread: thread))
    case .transposed(let rowStride):
      require(update == nil, "an update is fused with weights in panels only")
      let width = S.panelWidth(target.instructionSet)
      S.kernelGradientProduct(
        target.instructionSet,
        bk_gradient_product(
          rows: rows.count, panels: (columns.count + width - 1) / width, depth: x.rows,
          a: dy.baseAddress + rows.lowerBound, a_depth: dy.rowStride, b: x.baseAddress + columns.lowerBound,
          b_depth: x.rowStride, b_panel: width,
          c: target.baseAddress + rows.lowerBound * rowStride + columns.lowerBound, c_row: rowStride, c_panel: width),
        nil, nil, nil, nil, scratch.kernel(thread: thread))
    }
  }
}

extension BackwardWeightsProduct {
  /// Calls the body with the offset and length of each contiguous piece of memory that a block of dW occupies.
  public func forEachRun(rows: Range<Int>, columns: Range<Int>, _ body: (_ offset: Int, _ count: Int) -> Void) {
    guard !rows.isEmpty, !columns.isEmpty else { return }
    switch target.layout {
    case .plain:
      for row in rows { body(row * target.outputs + columns.lowerBound, columns.count) }
    case .panels(let width):
      for first in stride(from: columns.lowerBound, to: columns.upperBound, by: width) {
        body(first * target.inputs + rows.lowerBound * width, rows.count * width)
      }
    case .transposed(let rowStride):
      for row in rows { body(row * rowStride + columns.lowerBound, columns.count) }
    }
  }
}

/// An optimizer's update of one weight, to be done while its gradient is computed.
public struct WeightUpdate<S: Scalar>: @unchecked Sendable {
  /// The rule with its numbers.
  public let rule: bk_update
  /// The first element of the rule's first state vector, laid out like the weight; nil where it has none.
  public let state0: UnsafeMutablePointer<S>?
  /// The first element of the rule's second state vector; nil where it has none.
  public let state1: UnsafeMutablePointer<S>?
  /// The first element of the rule's third state vector; nil where it has none.
  public let state2: UnsafeMutablePointer<S>?

  /// An update with all of its parts.
  public init(
    rule: bk_update, state0: UnsafeMutablePointer<S>? = nil, state1: UnsafeMutablePointer<S>? = nil,
    state2: UnsafeMutablePointer<S>? = nil
  ) {
    self.rule = rule
    self.state0 = state0
    self.state1 = state1
    self.state2 = state2
  }
}
