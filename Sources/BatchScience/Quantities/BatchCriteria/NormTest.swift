public import BatchAlgebra
public import BatchTraining

/// The norm test: how far a batch's gradient may be from the true one, over its own length.
///
/// θ̂ = √(Ŝ/(B|ḡ|²)); a batch passes the test of a θ if θ̂ ≤ θ, and the least that passes has B·(θ̂/θ)² examples. Byrd,
/// Chin, Nocedal & Wu 2012, *Sample size selection in optimization methods for machine learning*, eq. 3.9 and 3.12,
/// take θ = 0.5; Bollapragada, Byrd & Nocedal 2018 (arXiv 1710.11258), 0.9. Measured is `norm_test`, the root of a
/// ratio of means over the window.
public struct NormTest: StepQuantity, WindowedRatio {
  var window = PairSeries()

  /// The test.
  public init() {}

  public var needs: StepNeeds { .exampleNorms }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let moments = result.totalMoments else { return }
    guard moments.examples > 1 else { return window.skipBatchOfOne() }
    window.append(moments.scatter / Double(moments.examples), over: moments.meanSquare)
  }

  var measurementName: String { "norm_test" }
  var intervalScale: RatioJackknife.Scale { .logarithm }
  func value(ofRatio ratio: Double) -> Double { max(0, ratio).squareRoot() }
}
