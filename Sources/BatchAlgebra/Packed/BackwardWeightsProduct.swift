import BatchFoundation
public import CBatchKernels

/// dW [inputs, outputs] = Xᵀ·dY, written out, or used for the weight's update.
///
/// Rows of X and dY are padded as for ``ForwardProduct``; what pads dY, and for a transposed weight X, must be zero.
public struct BackwardWeightsProduct<S: Scalar>: TeamTask {
  /// How it is computed.
  public let plan: GEMMPlan
  private let x: MatrixView<S>
  private let dy: MatrixView<S>
  private let gradient: WeightView<S>
  private let weight: WeightView<S>
  private let update: WeightUpdate<S>?
  private let squares: UnsafeMutablePointer<Double>?
  private let scratch: ProductScratch<S>

  /// A product of operands that fit, by a plan for their shapes; the gradient lies like the weight.
  ///
  /// Without an update the gradient is written. With one the weight is updated: an own kernel on panels does it while
  /// the gradient is in registers and does not write it out, everything else writes the gradient first and then updates
  /// the thread's part of the weight.
  ///
  /// Where `squares` is given, each thread adds the sum of the squares of its part of the gradient to an element of its
  /// own, ``squaresStride`` apart, so that no two threads write to one cache line.
  public init(
    _ x: MatrixView<S>, _ dy: MatrixView<S>, into gradient: WeightView<S>, updating weight: WeightView<S>,
    by update: WeightUpdate<S>?, squares: UnsafeMutablePointer<Double>? = nil, scratch: ProductScratch<S>,
    plan: GEMMPlan
  ) {
    require(
      x.columns == gradient.inputs && dy.columns == gradient.outputs && x.rows == dy.rows,
      "backward-weights: X is \(x.rows)×\(x.columns), dY \(dy.rows)×\(dy.columns) and dW "
        + "\(gradient.inputs)×\(gradient.outputs)")
    requirePadding(of: x, beside: gradient)
    requirePadding(of: dy, beside: gradient)
    plan.requireFit(.backwardWeights, batch: x.rows, gradient)
    plan.requireFit(.backwardWeights, batch: x.rows, weight)
    self.plan = plan
    self.x = x
    self.dy = dy
    self.gradient = gradient
    self.weight = weight
    self.update = update
    self.squares = squares
    self.scratch = scratch
  }

  /// A product that writes the gradient.
  public init(
    _ x: MatrixView<S>, _ dy: MatrixView<S>, into gradient: WeightView<S>, scratch: ProductScratch<S>, plan: GEMMPlan
  ) {
    self.init(x, dy, into: gradient, updating: gradient, by: nil, scratch: scratch, plan: plan)
  }

  /// The distance between two threads' sums of squares: a cache line.
  public static var squaresStride: Int { 8 }

  /// Computes the block of one thread.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(thread: Int, of threads: Int) {
    let (rows, columns) = plan.block(thread: thread)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let squares = squares.map { $0 + thread * Self.squaresStride }
    switch (plan.kernel, gradient.layout) {
    case (.openBLAS, .plain):
      Product(
        x.block(rows: 0..<x.rows, columns: rows), .transposed, times: dy.block(rows: 0..<dy.rows, columns: columns),
        into: gradient.matrix.block(rows: rows, columns: columns)
      ).run(thread: 0, of: 1)
      finish(rows, columns, squares)
    case (.openBLAS, _):
      Product(
        dy.block(rows: 0..<dy.rows, columns: rows), .transposed, times: x.block(rows: 0..<x.rows, columns: columns),
        into: gradient.matrix.block(rows: rows, columns: columns)
      ).run(thread: 0, of: 1)
      finish(rows, columns, squares)
    case (.openBLASPanels, .panels(let width)):
      for column in panelStarts(columns, width: width) {
        Product(
          x.block(rows: 0..<x.rows, columns: rows), .transposed,
          times: dy.panel(rows: 0..<dy.rows, at: column, width: width),
          into: gradient.panel(at: column, width: width).block(rows: rows, columns: 0..<width)
        ).run(thread: 0, of: 1)
        // While the panel of the gradient is in the cache.
        finish(rows, column..<min(column + width, columns.upperBound), squares)
      }
    case (.tn, .panels(let width)):
      let offset = columns.lowerBound * gradient.inputs + rows.lowerBound * width
      let product = bk_product_tn(
        rows: rows.count, panels: (columns.count + width - 1) / width, depth: x.rows,
        a: x.baseAddress + rows.lowerBound, a_depth: x.rowStride, b: dy.baseAddress + columns.lowerBound,
        b_depth: dy.rowStride, b_panel: width, c: (update == nil ? gradient : weight).baseAddress + offset,
        c_row: width, c_panel: gradient.inputs * width,
        squares: squares)
      S.kernelProductTN(
        gradient.instructionSet, product, update?.rule, update?.state0.map { $0 + offset },
        update?.state1.map { $0 + offset }, update?.state2.map { $0 + offset }, scratch.kernel(thread: thread))
    case (.tn, .transposed(let rowStride)):
      let width = S.panelWidth(gradient.instructionSet)
      S.kernelProductTN(
        gradient.instructionSet,
        bk_product_tn(
          rows: rows.count, panels: (columns.count + width - 1) / width, depth: x.rows,
          a: dy.baseAddress + rows.lowerBound, a_depth: dy.rowStride, b: x.baseAddress + columns.lowerBound,
          b_depth: x.rowStride, b_panel: width,
          c: gradient.baseAddress + rows.lowerBound * rowStride + columns.lowerBound, c_row: rowStride, c_panel: width,
          squares: nil),
        nil, nil, nil, nil, scratch.kernel(thread: thread))
      finish(rows, columns, squares)
    default: plan.refuse()
    }
  }

  /// Adds the squares of a block of the gradient that has been written, and updates that block of the weight.
  private func finish(_ rows: Range<Int>, _ columns: Range<Int>, _ squares: UnsafeMutablePointer<Double>?) {
    guard squares != nil || update != nil else { return }
    forEachPiece(rows: rows, columns: columns) { offset, count in
      if let squares {
        squares.pointee += S.kernelSumOfSquares(weight.instructionSet, count, gradient.baseAddress + offset)
      }
      guard let update else { return }
      S.kernelUpdate(
        weight.instructionSet, update.rule, count, weight.baseAddress + offset, gradient.baseAddress + offset,
        update.state0.map { $0 + offset }, update.state1.map { $0 + offset }, update.state2.map { $0 + offset })
    }
  }

  /// Calls the body with the offset and length of each contiguous piece of memory that a block of dW occupies.
  private func forEachPiece(
    rows: Range<Int>, columns: Range<Int>, _ body: (_ offset: Int, _ count: Int) -> Void
  ) {
    switch gradient.layout {
    case .plain:
      for row in rows { body(row * gradient.outputs + columns.lowerBound, columns.count) }
    case .panels(let width):
      for first in panelStarts(columns, width: width) {
        body(first * gradient.inputs + rows.lowerBound * width, rows.count * width)
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
