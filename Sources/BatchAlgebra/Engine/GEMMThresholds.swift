/// The batch sizes and amounts of work at which another way of computing a product becomes the faster one.
///
/// They change how numbers are added up, and so the last bits of a result: runs that must agree in every bit need the
/// same thresholds.
public struct GEMMThresholds: Sendable, Hashable, Codable {
  /// From this batch on the own kernel for the gradient of the input packs its operands, below it goes by dot products.
  public var ntPackedBatch: Int
  /// Up to this batch the gradient of the input is cut along the contraction: each thread reads the panels that it
  /// updates, and the parts are added up.
  public var contractionCutBatch: Int
  /// Below so many multiply-adds a second thread gains less than handing the work over costs.
  public var smallestSharedWork: Int
  /// The batches at which OpenBLAS is called for weights in panels, once a panel.
  public var openBLASPanels: OpenBLASBatches
  /// The batches at which OpenBLAS is called for the transposed weights of narrow layers.
  public var openBLASNarrow: OpenBLASBatches

  /// The batches at which the engine ``GEMMEngine/auto`` calls OpenBLAS, by pass.
  public struct OpenBLASBatches: Sendable, Hashable, Codable {
    /// For the forward pass.
    public var forward: BatchRange
    /// For the gradient of the input.
    public var backwardData: BatchRange
    /// For the gradient of the weight, its update included.
    public var backwardWeights: BatchRange

    /// Batches by pass; none unless told otherwise.
    public init(forward: BatchRange = .none, backwardData: BatchRange = .none, backwardWeights: BatchRange = .none) {
      self.forward = forward
      self.backwardData = backwardData
      self.backwardWeights = backwardWeights
    }

    /// The batches of a pass.
    public subscript(pass: GEMMPlan.Pass) -> BatchRange {
      get {
        switch pass {
        case .forward: forward
        case .backwardData: backwardData
        case .backwardWeights: backwardWeights
        }
      }
      set {
        switch pass {
        case .forward: forward = newValue
        case .backwardData: backwardData = newValue
        case .backwardWeights: backwardWeights = newValue
        }
      }
    }
  }

  /// Thresholds with all of their parts; OpenBLAS is called for no batch unless told otherwise.
  public init(
    ntPackedBatch: Int, contractionCutBatch: Int, smallestSharedWork: Int,
    openBLASPanels: OpenBLASBatches = OpenBLASBatches(), openBLASNarrow: OpenBLASBatches = OpenBLASBatches()
  ) {
    self.ntPackedBatch = ntPackedBatch
    self.contractionCutBatch = contractionCutBatch
    self.smallestSharedWork = smallestSharedWork
    self.openBLASPanels = openBLASPanels
    self.openBLASNarrow = openBLASNarrow
  }

  /// What is used for an instruction set and a precision where nothing was measured; 65,536 multiply-adds take about a
  /// microsecond.
  public static func defaults(for set: InstructionSet, _ precision: Precision) -> GEMMThresholds {
    var thresholds = GEMMThresholds(ntPackedBatch: 16, contractionCutBatch: 16, smallestSharedWork: 65_536)
    // OpenBLAS multiplies small matrices without copying them with AVX-512 alone, and there in rows of four: a panel of
    // 64 columns is then as fast by it as by the own kernel.
    if set == .avx512, precision == .float {
      thresholds.openBLASPanels.forward = BatchRange(from: 8, through: 1024, multiplesOf: 4)
    }
    return thresholds
  }

  /// The largest ``contractionCutBatch``: scratch is made for it.
  public static var largestContractionCut: Int { 32 }
}
