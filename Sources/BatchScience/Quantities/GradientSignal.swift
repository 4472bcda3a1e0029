public import BatchAlgebra
public import BatchTraining

/// The mean over the parameters of the gradient's signal-to-noise ratio, ḡⱼ²/varⱼ.
///
/// Liu, Jiang, Bai, Chen & Wang 2020, *Understanding why neural networks generalize well through GSNR of parameters*
/// (arXiv 2001.07384), §2, with varⱼ = Σᵢgᵢⱼ²/B − ḡⱼ² of a batch and 10⁻⁵ added to it, as Cockpit does (Schneider,
/// Dangel & Hennig 2021, app. C), for parameters that no example has a gradient for. Costs the gradient written out,
/// the mean squares of its elements and a pass over the parameters. Measured is `gsnr`, the mean over the window.
public struct GradientSignal: StepQuantity, WindowedRatio {
  var window = PairSeries()

  /// The ratio.
  public init() {}

  public var needs: StepNeeds { [.gradient, .elementSquares] }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let gradient = result.gradient, let squares = result.elementSquares else { return }
    guard result.loss.examples > 1 else { return window.skipBatchOfOne() }
    let signal = ElementSignal(gradient, squares, added: 1e-5)
    window.append(signal.sum / Double(result.network.parameterCount), over: 1)
  }

  var measurementName: String { "gsnr" }
  var intervalScale: RatioJackknife.Scale { .plain }
}

/// Σⱼ ḡⱼ²/(varⱼ + ε) over the parameters, with varⱼ = Σᵢgᵢⱼ²/B − ḡⱼ².
struct ElementSignal {
  /// The sum, over the parameters with varⱼ + ε above 0.
  let sum: Double
  /// The number of those parameters.
  let count: Double

  /// Sums over vectors of the parameters' layout.
  @specialized(where S == Float)
  @specialized(where S == Double)
  init<S: Scalar>(_ gradient: UnsafeBufferPointer<S>, _ squares: UnsafeBufferPointer<S>, added epsilon: Double) {
    var sums = SIMD4<Double>()
    var counts = SIMD4<Double>()
    // The vector's length is a multiple of 16.
    for index in stride(from: 0, to: gradient.count, by: 4) {
      let g = fourElements(gradient, index)
      let gg = g * g
      let noise = fourElements(squares, index) - gg + epsilon
      let isNoisy = noise .> 0
      sums += (gg / noise).replacing(with: 0, where: .!isNoisy)
      counts += SIMD4(repeating: 1).replacing(with: 0, where: .!isNoisy)
    }
    (sum, count) = (sums.sum(), counts.sum())
  }
}
