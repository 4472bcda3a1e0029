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
    /// A call of OpenBLAS a thread, on a weight that is a matrix: plain or transposed.
    case openBLAS = "openblas"
    /// A call of OpenBLAS a panel of the weight.
    case openBLASPanels = "openblas-panels"
    /// Own kernel NN: the left operand is broadcast element by element, the right one read by vectors.
    case nn
    /// Own kernel TN: the same with the left operand transposed, and the weights updated at once where that is asked
    /// for.
    case tn
    /// Own kernel NT by dot products: both operands are read by vectors along the contraction, for few rows.
    case ntDot = "nt-dot"
    /// Own kernel NT with the left operand packed: the weight is broadcast element by element, for many rows.
    case ntPacked = "nt-packed"

    /// Whether OpenBLAS computes.
    public var isOpenBLAS: Bool { self == .openBLAS || self == .openBLASPanels }
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

  /// What the choice followed from, for those who ask why: the engine, the batches at which it calls OpenBLAS, the
  /// threshold between the own kernels, and whether there is enough work to share.
  let engine: GEMMEngine
  let openBLASBatches: BatchRange
  let threshold: Int
  let isWorthSharing: Bool

  /// The result's rows and columns, each counted in grains that no cut goes through.
  private let rows: Extent
  private let columns: Extent

  private struct Extent: Hashable {
    var count: Int
    var grain: Int
    var grains: Int { (count + grain - 1) / grain }
  }

  /// Plans a product in a context, which says how many threads share it, and by which engine it is computed where
  /// there is a choice: the layout of the weight is fixed.
  public init(
    _ pass: Pass, batch: Int, inputs: Int, outputs: Int, layout: WeightLayout, context: ComputeContext
  ) {
    self.pass = pass
    self.batch = batch
    self.inputs = inputs
    self.outputs = outputs
    self.layout = layout
    let thresholds = context.thresholds
    engine = context.engine
    if case .panels = layout {
      openBLASBatches = thresholds.openBLASPanels[pass]
    } else {
      openBLASBatches = thresholds.openBLASTransposed[pass]
    }
    kernel = Self.kernel(pass, batch: batch, inputs: inputs, layout: layout, context)
    (rows, columns) = Self.extents(pass, kernel, batch: batch, inputs: inputs, outputs: outputs, layout: layout)
    var panelCount = 1
    if case .panels(let width) = layout { panelCount = (outputs + width - 1) / width }
    let threads = context.threads
    isWorthSharing = Self.work(batch, inputs, outputs) >= Double(thresholds.smallestSharedWork)
    let isShared = threads > 1 && isWorthSharing
    let largestCut = min(thresholds.contractionCutBatch, GEMMThresholds.largestContractionCut)
    contractionParts =
      pass == .backwardData && isShared && panelCount >= threads && batch <= largestCut ? threads : 1
    threshold = contractionParts > 1 ? thresholds.contractionCutBatch : thresholds.ntPackedBatch
    (rowParts, columnParts) = contractionParts == 1 && isShared ? Self.cut(rows, columns, threads) : (1, 1)
  }

  /// Whether OpenBLAS multiplies [batch, inputs] by a panel of `width` columns as they lie, and does so as fast as the own
  /// kernel.
  ///
  /// It does so up to 10⁶ multiply-adds a call (interface/gemm.c of version 0.3.21), and is within 3 % of the own kernel
  /// from 512 inputs on at multiples of four rows from 8 on.
  public static func isSmallPanelCall(batch: Int, inputs: Int, width: Int) -> Bool {
    batch >= 8 && batch.isMultiple(of: 4) && inputs >= 512 && Double(batch) * Double(inputs) * Double(width) <= 1e6
  }

  private static func kernel(
    _ pass: Pass, batch: Int, inputs: Int, layout: WeightLayout, _ context: ComputeContext
  ) -> Kernel {
    let thresholds = context.thresholds
    func takesOpenBLAS(_ batches: GEMMThresholds.OpenBLASBatches) -> Bool {
      context.engine == .openBLAS || context.engine == .auto && batches[pass].contains(batch)
    }
    switch (layout, pass) {
    case (.plain, _): return .openBLAS
    case (.panels(let width), .forward)
    where context.engine == .auto && thresholds.smallPanelCalls
      && isSmallPanelCall(batch: batch, inputs: inputs, width: width):
      return .openBLASPanels
    case (.panels, _) where takesOpenBLAS(thresholds.openBLASPanels): return .openBLASPanels
    case (.transposed, _) where takesOpenBLAS(thresholds.openBLASTransposed): return .openBLAS
    case (.panels, .forward), (.transposed, .backwardData): return .nn
    case (.panels, .backwardData): return batch >= thresholds.ntPackedBatch ? .ntPacked : .ntDot
    case (_, .backwardWeights): return .tn
    case (.transposed, .forward): return .ntDot
    }
  }

  /// The rows and columns of the result.
  ///
  /// No cut goes through a tile or a panel, and 64 rows of a panel are at least a page: no thread writes to a page of
  /// another.
  private static func extents(
    _ pass: Pass, _ kernel: Kernel, batch: Int, inputs: Int, outputs: Int, layout: WeightLayout
  ) -> (rows: Extent, columns: Extent) {
    let examples = Extent(count: batch, grain: kernel.isOpenBLAS ? 16 : 6)
    switch (layout, pass) {
    case (.plain, .forward): return (examples, Extent(count: outputs, grain: 16))
    case (.plain, .backwardData): return (examples, Extent(count: inputs, grain: 16))
    case (.plain, .backwardWeights): return (Extent(count: inputs, grain: 16), Extent(count: outputs, grain: 16))
    case (.panels(let width), .forward): return (examples, Extent(count: outputs, grain: width))
    case (.panels(let width), .backwardData):
      let rows = kernel == .ntPacked ? Extent(count: batch, grain: width) : examples
      return (rows, Extent(count: inputs, grain: 16))
    case (.panels(let width), .backwardWeights):
      return (Extent(count: inputs, grain: 64), Extent(count: outputs, grain: width))
    case (.transposed, .forward): return (examples, Extent(count: outputs, grain: outputs))
    case (.transposed, .backwardData): return (examples, Extent(count: inputs, grain: 64))
    case (.transposed, .backwardWeights):
      return (Extent(count: outputs, grain: outputs), Extent(count: inputs, grain: 64))
    }
  }

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

  /// The multiply-adds.
  public var work: Double { Self.work(batch, inputs, outputs) }

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
