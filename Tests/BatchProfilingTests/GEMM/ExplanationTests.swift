import BatchAlgebra
import Testing

@testable import BatchProfiling

@Suite struct ExplanationTests {
  private let ceilings = MachineCeilings(
    peaks: [1, 2].map { MachineCeilings.Peak(threads: $0, precision: .float, rate: 100e9 * Double($0)) },
    rungs: [1, 2].map {
      MachineCeilings.Rung(
        threads: $0, cacheLevel: 2, workingSet: 1 << 20, read: 50e9 * Double($0), update: 80e9 * Double($0))
    }, transfers: [])

  private func explain(
    _ pass: GEMMPlan.Pass, batch: Int, _ method: ProductMethod, time: Double = 100e-6
  ) throws -> GEMMExplanation {
    let key = GEMMPointKey(
      layer: LayerShape(inputs: 1000, outputs: 500), pass: pass, batch: batch, threads: 2, engine: "any")
    return try #require(
      GEMMExplanation(
        key, time: time, method: method, precision: .float, copies: 1, ceilings: ceilings,
        overheads: GEMMExplanation.Overheads(call: 1e-6, handingOver: 2e-6)))
  }

  @Test func theCeilingIsTheLargerOfBytesAndOperations() throws {
    // 2 MB of weights and 6 kB of rows, of which 2 kB are written, at 100 GB/s and 160 GB/s.
    let small = try explain(.forward, batch: 1, ProductMethod(description: "", threads: 2, packs: false, tileWork: 1))
    #expect(small.bound == .bandwidth)
    #expect(abs(small.ceiling - (2_004_000 / 100e9 + 2 * 2000 / 160e9)) < 1e-12)
    #expect(abs(small.intensity - 1e6 / 2_006_000) < 1e-9)
    #expect(abs(small.call - 3e-6) < 1e-15 && small.tiles == 0 && small.packing == 0 && small.threads == 0)
    let large = try explain(
      .forward, batch: 256, ProductMethod(description: "", threads: 2, packs: false, tileWork: 1.25))
    #expect(large.bound == .operations && abs(large.ceiling - 256e6 / 200e9) < 1e-12)
    #expect(abs(large.tiles - 0.25 * large.ceiling) < 1e-12)
  }

  @Test func thePartsAddUpToTheTime() throws {
    for method in [
      ProductMethod(description: "", threads: 1, packs: false), ProductMethod(description: "", threads: 2, packs: true),
      ProductMethod(description: ""), ProductMethod(description: "", threads: 2, packs: false, imbalance: 1.5),
    ] {
      let parts = try explain(.backwardWeights, batch: 64, method)
      let sum = parts.ceiling + parts.call + parts.tiles + parts.packing + parts.threads + parts.rest
      #expect(abs(sum - 100e-6) < 1e-15 && abs(parts.ceilingShare - parts.ceiling / 100e-6) < 1e-9)
    }
  }

  @Test func aSecondThreadThatIsNotUsedCostsAsMuchAsItWouldHaveDone() throws {
    let alone = try explain(.forward, batch: 256, ProductMethod(description: "", threads: 1, packs: false))
    #expect(abs(alone.threads - alone.ceiling) < 1e-12 && abs(alone.call - 1e-6) < 1e-15)
    let uneven = try explain(
      .forward, batch: 256, ProductMethod(description: "", threads: 2, packs: false, imbalance: 1.2))
    #expect(abs(uneven.threads - 0.2 * uneven.ceiling) < 1e-12)
  }

  @Test func packingReadsAndWritesBothFactors() throws {
    let packed = try explain(.forward, batch: 256, ProductMethod(description: "", threads: 2, packs: true))
    #expect(abs(packed.packing - 2 * Double(4 * (256_000 + 500_000)) / 160e9) < 1e-12)
  }
}
