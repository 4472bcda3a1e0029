/// How one product of a dense layer is computed: by which kernel, and cut how among the threads.
///
/// The plan depends on nothing but its arguments, so that the same run adds numbers in the same order.
public struct GEMMPlan: Sendable, Hashable {
  /// The three products of a dense layer with weight W [inputs, outputs].
  public enum Pass: String, Sendable, Hashable, CaseIterable, Codable {
    /// Y [batch, outputs] = X·W.
    case forward
    /// dX [batch, inputs] = dY·Wᵀ.
    case backwardData = "backward-data"
    /// dW [inputs, outputs] = Xᵀ·dY.
    case backwardWeights = "backward-weights"
  }

  /// What computes a product.
  public enum Kernel: String, Sendable, Hashable, CaseIterable, Codable {
    /// A call of the BLAS library a thread.
    case openBLAS = "openblas"
    /// The left operand broadcast element by element, the right one read by vectors.
    case broadcast
    /// The same with the left operand transposed, and the weights updated at once where that is asked for.
    case gradient
    /// Both operands read by vectors along the contraction, for few rows.
    case dot
    /// The weight broadcast element by element, the transposed other operand read by vectors, for many rows.
    case mirrored
  }

  /// The product.
  public let pass: Pass
  /// The number of examples.
  public let batch: Int
  /// The number of the layer's inputs.
  public let inputs: Int
  /// The number of the layer's outputs.
  public let outputs: Int
  /// The layout of the weight.
  public let layout: WeightLayout
  /// What computes it.
  public let kernel: Kernel
  /// The number of parts that the result's rows are cut into.
  public let rowParts: Int
  /// The number of parts that the result's columns are cut into.
  public let columnParts: Int
  /// The number of parts that the contraction is cut into, each a sum of its own over the whole result.
  public let contractionParts: Int

  /// The result's rows and columns, each counted in grains that no cut goes through.
  private let rows: Extent
  private let columns: Extent

  private struct Extent: Hashable {
    var count: Int
    var grain: Int
    var grains: Int { (count + grain - 1) / grain }
  }

  /// Plans a product for a team of `threads` threads.
  ///
  /// Other thresholds than the defaults force what depends on them.
  public init(
    _ pass: Pass, batch: Int, inputs: Int, outputs: Int, layout: WeightLayout, threads: Int,
    thresholds: GEMMThresholds = .defaults
  ) {
    self.thresholds = thresholds
    var panelCount = 1
    self.pass = pass
    self.batch = batch
    self.inputs = inputs
    self.outputs = outputs
    self.layout = layout
    switch (layout, pass) {
    case (.plain, _):
      kernel = .openBLAS
      (rows, columns) =
        pass == .backwardWeights
        ? (Extent(count: inputs, grain: 16), Extent(count: outputs, grain: 16))
        : (Extent(count: batch, grain: 16), Extent(count: pass == .forward ? outputs : inputs, grain: 16))
    case (.panels(let width), .forward):
      kernel = .broadcast
      rows = Extent(count: batch, grain: 6)
      columns = Extent(count: outputs, grain: width)
    case (.panels(let width), .backwardData):
      kernel = batch >= thresholds.mirroredBatch ? .mirrored : .dot
      rows = Extent(count: batch, grain: kernel == .dot ? 6 : width)
      columns = Extent(count: inputs, grain: 16)
      panelCount = (outputs + width - 1) / width
    case (.panels(let width), .backwardWeights):
      kernel = .gradient
      // 64 rows of a panel are at least a page: no thread writes to a page of another.
      rows = Extent(count: inputs, grain: 64)
      columns = Extent(count: outputs, grain: width)
    case (.transposed, .forward):
      kernel = .dot
      rows = Extent(count: batch, grain: 6)
      columns = Extent(count: outputs, grain: outputs)
    case (.transposed, .backwardData):
      kernel = .broadcast
      rows = Extent(count: batch, grain: 6)
      columns = Extent(count: inputs, grain: 64)
    case (.transposed, .backwardWeights):
      kernel = .gradient
      rows = Extent(count: outputs, grain: outputs)
      columns = Extent(count: inputs, grain: 64)
    }
    let isShared = threads > 1 && Self.work(batch, inputs, outputs) >= Double(thresholds.smallestSharedWork)
    let largestCut = min(thresholds.contractionCutBatch, GEMMThresholds.largestContractionCut)
    contractionParts =
      pass == .backwardData && isShared && panelCount >= threads && batch <= largestCut ? threads : 1
    (rowParts, columnParts) = contractionParts == 1 && isShared ? Self.cut(rows, columns, threads) : (1, 1)
  }

  private let thresholds: GEMMThresholds

  private static func work(_ batch: Int, _ inputs: Int, _ outputs: Int) -> Double {
    Double(batch) * Double(inputs) * Double(outputs)
  }

  /// The grid of at most `threads` parts whose largest part is smallest; where that gains less than a tenth the one
  /// with most columns, since a thread that keeps its columns finds its weights in its own cache.
  private static func cut(_ rows: Extent, _ columns: Extent, _ threads: Int) -> (Int, Int) {
    var best = (rows: 1, columns: 1)
    var least = Int.max
    for columnParts in (1...min(threads, max(1, columns.grains))).reversed() {
      let rowParts = min(threads / columnParts, max(1, rows.grains))
      let largest =
        ((rows.grains + rowParts - 1) / rowParts) * rows.grain * ((columns.grains + columnParts - 1) / columnParts)
      if largest < least - least / 10 {
        least = largest
        best = (rowParts, columnParts)
      }
    }
    return (best.rows, best.columns)
  }

  /// The number of threads that have a part.
  public var parts: Int { rowParts * columnParts * contractionParts }

  /// The rows and columns of the result that one thread computes; empty when there is nothing left for it.
  ///
  /// The gradient of a transposed weight is itself transposed: its rows are the outputs.
  public func block(thread: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    guard thread < parts else { return (0..<0, 0..<0) }
    guard contractionParts == 1 else { return (0..<rows.count, 0..<columns.count) }
    return (
      workShare(of: rows.count, thread: thread / columnParts, threads: rowParts, grain: rows.grain),
      workShare(of: columns.count, thread: thread % columnParts, threads: columnParts, grain: columns.grain)
    )
  }

  /// The part of a backward-data product's contraction, of the outputs, that one thread sums over.
  public func contraction(thread: Int) -> Range<Int> {
    guard contractionParts > 1, case .panels(let width) = layout else { return 0..<outputs }
    return workShare(of: outputs, thread: thread, threads: contractionParts, grain: width)
  }
}

extension GEMMPlan: CustomStringConvertible {
  public var description: String {
    "\(pass.rawValue) \(batch)×\(inputs)×\(outputs): \(method)"
  }

  /// The kernel, what it works on, and the cut.
  public var method: String { "\(kernel.rawValue) kernel on \(layoutText), \(cutText)" }

  private var layoutText: String {
    switch layout {
    case .plain: "the plain matrix"
    case .panels(let width): "panels of \(width)"
    case .transposed: "the transposed weight"
    }
  }

  private var cutText: String {
    if contractionParts > 1 { return "contraction cut in \(contractionParts)" }
    return switch (rowParts, columnParts) {
    case (1, 1): "on one thread"
    case (let parts, 1): "rows cut in \(parts)"
    case (1, let parts): "columns cut in \(parts)"
    default: "cut in \(rowParts) × \(columnParts) blocks"
    }
  }

  /// Why the plan is what it is.
  public var reason: String {
    let kernelReason =
      switch (layout, pass) {
      case (.plain, _): "plain calls were asked for"
      case (.panels, .forward), (.panels, .backwardWeights): "each thread streams its own panels"
      case (.panels, .backwardData) where contractionParts > 1:
        "up to \(thresholds.contractionCutBatch) rows it costs less to add up parts than to fetch panels that another "
          + "thread updates"
      case (.panels, .backwardData):
        kernel == .dot
          ? "a row of a panel is contiguous along the contraction, so no transposed copy is needed"
          : "from \(thresholds.mirroredBatch) rows on they fill vectors, and no sums across vectors are needed"
      case (.transposed, .forward): "\(outputs) outputs would leave most of a panel empty"
      case (.transposed, .backwardData), (.transposed, .backwardWeights):
        "the transposed weight's rows are contiguous along the inputs"
      }
    return parts == 1 && Self.work(batch, inputs, outputs) < Double(thresholds.smallestSharedWork)
      ? kernelReason + "; too little work to share" : kernelReason
  }
}
