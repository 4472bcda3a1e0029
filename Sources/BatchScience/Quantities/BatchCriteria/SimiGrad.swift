public import BatchAlgebra
public import BatchTraining

/// The cosine between the gradients of a batch's two halves, as it is to be expected of the noise scale.
///
/// SimiGrad (Qin, Rajbhandari, Ruwase, Yan, Yang & He 2021, *SimiGrad: fine-grained adaptive batching for large scale
/// training*, NeurIPS) makes the batch larger while the cosine is below a target. For halves of B/2 examples E gₐ·g_b =
/// |G|² and E|gₐ|² = |G|² + 2S/B, so that the cosine is 1/(1 + 2φ/B), and a target ρ means B = 2φρ/(1 − ρ). From the
/// examples' norms it is had of one backward pass, with less noise than of two halves. Measured is `simigrad`.
public struct SimiGrad: StepQuantity, WindowedRatio {
  var window = PairSeries()

  /// The criterion.
  public init() {}

  /// The cosine to be expected between the halves of a batch at a noise scale: 1/(1 + 2φ/B).
  public static func cosine(noiseScale: Double, batch: Double) -> Double { 1 / (1 + 2 * noiseScale / batch) }

  /// The batch whose halves have a cosine at a noise scale: 2φρ/(1 − ρ).
  public static func batch(noiseScale: Double, cosine: Double) -> Double { 2 * noiseScale * cosine / (1 - cosine) }

  public var needs: StepNeeds { .exampleNorms }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let moments = result.totalMoments else { return }
    guard moments.examples > 1 else { return window.skipBatchOfOne() }
    window.append(
      moments.trueSquare, over: moments.trueSquare + 2 * moments.scatter / Double(moments.examples))
  }

  var measurementName: String { "simigrad" }
  var intervalScale: RatioJackknife.Scale { .plain }
}
