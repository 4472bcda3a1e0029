import BatchAlgebra
import BatchFoundation

@testable import BatchProfiling

/// Profiles of products with made-up times.
enum GEMMProfileFixture {
  /// The made-up machine's peak: 100 GFLOP/s with one thread.
  static let peak = 100e9
  static let layer = LayerShape(inputs: 1000, outputs: 500)

  /// Times in microseconds by batch size, of 10⁶ floating-point operations an example: the auto is always at 80 % of
  /// the peak, OpenBLAS has a cliff between 2 and 3.
  static let microseconds: [String: [Int: Double]] = [
    "auto": [2: 25, 3: 37.5, 4: 50], "openblas": [2: 40, 3: 120, 4: 128],
  ]

  /// A profile of one product at batch sizes 2, 3 and 4.
  static func small() -> GEMMProfile {
    profile(batches: [2, 3, 4]) { (microseconds[$0.engine]?[$0.batch] ?? 1) / 1e6 }
  }

  /// A profile in which every sample of a product takes the time given for it.
  static func profile(
    layers: [LayerShape] = [layer], passes: [GEMMPlan.Pass] = [.forward], batches: [Int],
    engines: [ProfiledEngine] = [ProfiledEngine(.auto), ProfiledEngine(.openBLAS)], threads: [Int] = [1],
    alignment: Int? = nil, seconds: (GEMMPointKey) -> Double
  ) -> GEMMProfile {
    let plan = GEMMProfilePlan(
      layers: layers, passes: passes, batchSizes: batches, engines: engines, threads: threads, alignment: alignment)
    var profile = GEMMProfile(
      environment: MachineFixture.environment, plan: plan, ceilings: MachineFixture.ceilings(peak, threads: threads),
      points: plan.products.map { point($0, seconds: seconds($0)) }, rejections: [], cliffs: [], cycles: 12,
      seconds: 3, wasStopped: false)
    profile.cliffs = profile.curves.flatMap { zip($0, $0.dropFirst()).compactMap { Cliff($0, $1) } }
    return profile
  }

  /// A point whose interval is a hundredth of its time on both sides.
  static func point(_ key: GEMMPointKey, seconds: Double) -> GEMMPoint {
    let isPlain = key.engine == "openblas"
    let path = key.batch < 3 ? "small path" : "packed path"
    var point = GEMMPoint(
      key: key, method: ProductMethod(description: isPlain ? path : "kernel"), error: 1.5e-7,
      samples: MachineFixture.samples(Array(repeating: seconds, count: 12)))
    point.time = MedianEstimate(value: seconds, interval: 0.99 * seconds...1.01 * seconds, count: 12)
    let ratio = key.operations / seconds / (peak * Double(key.threads))
    point.ratioToPeak = MedianEstimate(value: ratio, interval: ratio - 0.005...ratio + 0.005, count: 12)
    let ceiling = key.operations / (peak * Double(key.threads))
    let packing = isPlain && key.batch > 2 ? 0.25 * seconds : 0
    point.explanation = GEMMExplanation(
      bound: .operations, intensity: Double(key.batch) / 2, ceiling: ceiling, call: 1e-6, tiles: 0, packing: packing,
      threads: 0, rest: seconds - ceiling - 1e-6 - packing)
    return point
  }
}
