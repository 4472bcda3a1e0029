/// The batch sizes and amounts of work at which another way of computing a product becomes the faster one.
///
/// They change how numbers are added up, and so the last bits of a result: runs that must agree in every bit need the
/// same thresholds.
public struct GEMMThresholds: Sendable, Hashable, Codable {
  /// From this batch on the gradient of the input is computed by the mirrored kernel, below it by dot products.
  public var mirroredBatch: Int
  /// Up to this batch the gradient of the input is cut along the contraction: each thread reads the panels that it
  /// updates, and the parts are added up.
  public var contractionCutBatch: Int
  /// Below so many multiply-adds a second thread gains less than handing the work over costs.
  public var smallestSharedWork: Int

  /// Thresholds with all of their parts.
  public init(mirroredBatch: Int, contractionCutBatch: Int, smallestSharedWork: Int) {
    self.mirroredBatch = mirroredBatch
    self.contractionCutBatch = contractionCutBatch
    self.smallestSharedWork = smallestSharedWork
  }

  /// What is used for an instruction set and a precision where nothing was measured.
  public static func defaults(for set: InstructionSet, _ precision: Precision) -> GEMMThresholds { defaults }

  /// What was measured on processors with AVX2 and AVX-512; 65,536 multiply-adds take about a microsecond.
  public static let defaults = GEMMThresholds(
    mirroredBatch: 16, contractionCutBatch: 16, smallestSharedWork: 65_536)

  /// The largest ``contractionCutBatch``: scratch is made for it.
  public static var largestContractionCut: Int { 32 }
}
