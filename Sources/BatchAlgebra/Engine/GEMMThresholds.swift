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
  /// Whether OpenBLAS multiplies a panel by few rows as fast as the own kernel does, without copying either of them: see
  /// ``GEMMPlan/isSmallPanelCall(batch:inputs:width:)``.
  public var smallPanelCalls: Bool
  /// The batches at which OpenBLAS is called for the transposed weights of narrow layers.
  public var openBLASTransposed: OpenBLASBatches

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
    openBLASPanels: OpenBLASBatches = OpenBLASBatches(), smallPanelCalls: Bool = false,
    openBLASTransposed: OpenBLASBatches = OpenBLASBatches()
  ) {
    self.ntPackedBatch = ntPackedBatch
    self.contractionCutBatch = contractionCutBatch
    self.smallestSharedWork = smallestSharedWork
    self.openBLASPanels = openBLASPanels
    self.smallPanelCalls = smallPanelCalls
    self.openBLASTransposed = openBLASTransposed
  }

  /// What is used for an instruction set and a precision where nothing was measured; 65,536 multiply-adds take about a
  /// microsecond.
  public static func defaults(for set: InstructionSet, _ precision: Precision) -> GEMMThresholds {
    var thresholds = GEMMThresholds(ntPackedBatch: 16, contractionCutBatch: 16, smallestSharedWork: 65_536)
    // OpenBLAS has such kernels for AVX-512 alone. Elsewhere, and for larger calls, it copies both operands first and
    // takes 1.2 to 4 times as long as the own kernel (scripts/bench/engines, AMD EPYC with AVX-512, 2 threads).
    thresholds.smallPanelCalls = set == .avx512 && precision == .float
    return thresholds
  }

  /// The largest ``contractionCutBatch``: scratch is made for it.
  public static var largestContractionCut: Int { 32 }
}

extension GEMMThresholds {
  /// Reads thresholds; numbers that none of them can have are refused.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      ntPackedBatch: try values.decode(.ntPackedBatch, atLeast: 1),
      contractionCutBatch: try values.decode(.contractionCutBatch, atLeast: 0),
      smallestSharedWork: try values.decode(.smallestSharedWork, atLeast: 0),
      openBLASPanels: try values.decode(OpenBLASBatches.self, forKey: .openBLASPanels),
      smallPanelCalls: try values.decode(Bool.self, forKey: .smallPanelCalls),
      openBLASTransposed: try values.decode(OpenBLASBatches.self, forKey: .openBLASTransposed))
  }
}

extension GEMMThresholds: CustomStringConvertible {
  /// `nt-packed from 16, contraction cut through 16, shared from 65536, OpenBLAS on panels none/none/none, …`: batches by
  /// pass, in the order forward, backward-data, backward-weights.
  public var description: String {
    func text(_ batches: OpenBLASBatches) -> String {
      GEMMPlan.Pass.allCases.map { batches[$0].description }.joined(separator: "/")
    }
    return "nt-packed from \(ntPackedBatch), contraction cut through \(contractionCutBatch), shared from "
      + "\(smallestSharedWork), OpenBLAS on panels \(text(openBLASPanels))\(smallPanelCalls ? " and small ones" : "")"
      + ", on transposed weights \(text(openBLASTransposed))"
  }
}
