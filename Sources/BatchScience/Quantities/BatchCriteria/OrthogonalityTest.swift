public import BatchAlgebra
public import BatchTraining

/// The orthogonality test: how much the examples' gradients differ across their mean.
///
/// ν̂ = √(Σ|gᵢ − (gᵢ·ḡ/|ḡ|²)ḡ|²/((B − 1)B|ḡ|²)), to be at most ν (Bollapragada, Byrd & Nocedal 2018, arXiv 1710.11258,
/// eq. 3.3, with ν = tan 80° = 5.84); the least batch that passes has B·(ν̂/ν)² examples. It is used with the
/// ``InnerProductTest``: a step that descends may still point far from the true gradient. Measured is `orthogonality_test`, the root of a
/// ratio of means over the window.
public struct OrthogonalityTest: StepQuantity, WindowedRatio {
  var window = PairSeries()

  /// The test.
  public init() {}

  public var needs: StepNeeds { .innerProducts }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let moments = result.totalMoments, let products = result.innerProducts else { return }
    guard moments.examples > 1 else { return window.skipBatchOfOne() }
    // |gᵢ − (gᵢ·ḡ/|ḡ|²)ḡ|² = |gᵢ|² − (gᵢ·ḡ)²/|ḡ|².
    let along = moments.meanSquare > 0 ? products.reduce(0) { $0 + $1 * $1 } / moments.meanSquare : 0
    let across = (moments.exampleSquares - along) / Double(moments.examples - 1)
    window.append(across / Double(moments.examples), over: moments.meanSquare)
  }

  var measurementName: String { "orthogonality_test" }
  var intervalScale: RatioJackknife.Scale { .logarithm }
  func value(ofRatio ratio: Double) -> Double { max(0, ratio).squareRoot() }
}
