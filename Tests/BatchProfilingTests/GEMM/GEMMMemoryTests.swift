import BatchAlgebra
import Testing

@testable import BatchProfiling

@Suite struct GEMMMemoryTests {
  private func memory(_ layer: LayerShape) -> GEMMMemory<Float> {
    GEMMMemory(
      GEMMProfilePlan(
        layers: [layer], batchSizes: [1], engines: [ProfiledEngine(.openBLASPanels)], threads: [1], weights: .cold),
      .test(Float.self))
  }

  /// Weights and gradients, each twice the largest cache, however much of a small weight is padding.
  @Test(arguments: [LayerShape(inputs: 8, outputs: 8), LayerShape(inputs: 784, outputs: 512)])
  func coldWeightsFillTheCachesTwice(_ layer: LayerShape) {
    let cache = CacheLevels.current().levels.map(\.byteCount).max() ?? 32 << 20
    let bytes = memory(layer).byteCount
    #expect(bytes >= 4 * cache && bytes <= 4 * cache + (16 << 20))
  }

  @Test func aLayerThatOnlyCallsAreTimedWithTakesNoTurns() {
    #expect(memory(LayerShape(inputs: 784, outputs: 512)).copies(LayerShape(inputs: 8, outputs: 8), .plain) == 1)
  }
}
