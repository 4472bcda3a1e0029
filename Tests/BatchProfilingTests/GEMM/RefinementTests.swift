import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchProfiling

@Suite struct RefinementTests {
  /// Times of an engine that changes its path between two batch sizes, as a path of OpenBLAS does.
  private func seconds(_ batch: Int, cliffAfter cliff: Int) -> Double {
    batch <= cliff ? 1e-6 + 0.05e-6 * Double(batch) : 12e-6 + 0.06e-6 * Double(batch)
  }

  @Test(arguments: [2, 3, 51, 195, 700])
  func halvingFindsACliffThatNobodyListed(cliff: Int) {
    var batches = Set(GEMMProfilePlan.standardBatchSizes)
    for _ in 0..<12 {
      let curve = batches.sorted().map { (batch: $0, seconds: seconds($0, cliffAfter: cliff)) }
      let missing = CurveRefinement(curve: curve).missing
      if missing.isEmpty { break }
      batches.formUnion(missing)
    }
    #expect(batches.contains(cliff) && batches.contains(cliff + 1))
    #expect(batches.count <= GEMMProfilePlan.standardBatchSizes.count + 12)
  }

  @Test func acurveThatRisesNeedsNoMore() {
    let curve = [1, 8, 64, 512].map { (batch: $0, seconds: 10e-6 + 1e-6 * Double($0)) }
    #expect(CurveRefinement(curve: curve).missing.isEmpty)
  }

  private func point(_ batch: Int, _ seconds: Double, _ method: String) -> GEMMPoint {
    let samples = TimedSamples.madeUp(about: seconds, cycles: 12, spread: 0.002)
    return GEMMPoint(
      key: GEMMPointKey(
        layer: LayerShape(inputs: 784, outputs: 512), pass: .forward, batch: batch, threads: 2, engine: "openblas"),
      method: ProductMethod(description: method), error: 0, samples: samples,
      time: MedianEstimate(of: samples.times), ratioToPeak: nil, explanation: nil)
  }

  @Test func aFallIsACliffWithItsCause() throws {
    let cliff = try #require(Cliff(point(2, 20e-6, "small"), point(3, 70e-6, "packed")))
    #expect(abs(cliff.change.ratio - 3.0 / 2 * 20 / 70) < 0.01)
    #expect(cliff.batchAfter == 3 && cliff.cause == "small → packed")
    #expect(Cliff(point(2, 20e-6, "small"), point(3, 31e-6, "small")) == nil)
    // Beside a machine that never got quiet a fall is none.
    var loud = point(3, 70e-6, "packed")
    loud.samples.calm = loud.samples.calm.map { _ in 0.5 }
    loud.samples.disturbedCycles = 12
    #expect(Cliff(point(2, 20e-6, "small"), loud) == nil)
    let tile = try #require(Cliff(point(8, 20e-6, "tiles"), point(9, 26e-6, "tiles")))
    #expect(tile.cause == "the same path: one row more than whole tiles of 8")
  }
}
