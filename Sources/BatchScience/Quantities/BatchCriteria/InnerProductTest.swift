public import BatchAlgebra
public import BatchTraining

/// The inner-product test: how much the examples' gradients differ along their mean, which decides whether a step
/// descends.
///
/// θ̂ = √(Var(gᵢ·ḡ)/(B|ḡ|⁴)), to be at most θ (Bollapragada, Byrd & Nocedal 2018, arXiv 1710.11258, eq. 2.6, with θ =
/// 0.9); the least batch that passes has B·(θ̂/θ)² examples. It asks for less than the ``NormTest``, which counts what
/// is across the mean, too. Measured is `inner_product_test`, the root of a ratio of means over the window.
public struct InnerProductTest: StepQuantity, WindowedRatio {
  var window = PairSeries()

  /// The test.
  public init() {}

  public var needs: StepNeeds { .innerProducts }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let moments = result.totalMoments, let products = result.innerProducts else { return }
    guard moments.examples > 1 else { return window.skipBatchOfOne() }
    // The mean of the products is |ḡ|².
    let mean = moments.meanSquare
    let squares = products.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    window.append(squares / Double(moments.examples - 1) / Double(moments.examples), over: mean * mean)
  }

  var measurementName: String { "inner_product_test" }
  var intervalScale: RatioJackknife.Scale { .logarithm }
  func value(ofRatio ratio: Double) -> Double { max(0, ratio).squareRoot() }
}
