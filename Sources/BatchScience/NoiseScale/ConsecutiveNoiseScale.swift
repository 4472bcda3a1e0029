public import BatchAlgebra
public import BatchTraining

/// The noise scale from the gradients of consecutive updates, only to show its bias beside ``NoiseScale``.
///
/// Two updates in a row are taken for the halves of one batch at the same weights. They are not at the same weights:
/// the second gradient is shorter along the first by about the step times the curvature, so that |G|² is too small and
/// φ too large, more so the larger the rate. Needs the gradient written out, a copy of it and a pass over the
/// parameters. Measured is `consecutive_noise_scale`, of the whole network.
public final class ConsecutiveNoiseScale: SpanningQuantity {
  private var layers: NoiseScaleLayers
  private let last = VectorCopy()
  private var lastSquare = 0.0
  private var lastExamples = 0
  private var lastUpdate: Int?

  /// The noise scale; a number needs an interval whose ends are at most `largestFactor` from it, as a factor.
  public init(largestFactor: Double = 2) { layers = NoiseScaleLayers(largestFactor: largestFactor) }

  public var needs: StepNeeds { .gradient }

  public var awaitsNext: Bool { lastUpdate != nil }

  /// The noise scale since it was last asked for its measurements.
  public var estimate: NoiseScaleEstimate { layers.total.estimate }

  public func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let gradient = result.gradient, let start = gradient.baseAddress else { return }
    let square = S.kernelSumOfSquares(result.network.context.instructionSet, gradient.count, start)
    if lastUpdate == result.update - 1, lastExamples == result.loss.examples,
      let last = last.elements(of: S.self), let product = try? dot(UnsafeBufferPointer(last), gradient),
      let probe = NoiseProbe(consecutive: lastSquare, square, product: Double(product), examples: lastExamples)
    {
      layers.add(probe)
      lastUpdate = nil
    } else {
      lastUpdate = last.copy(gradient) ? result.update : nil
      (lastSquare, lastExamples) = (square, result.loss.examples)
    }
  }

  public func takeMeasurements() -> [Measurement] {
    layers.takeMeasurements(named: "consecutive_noise_scale")
  }

  public var leastProbes: Int { RatioJackknife.leastCount }

  public var state: [Double] {
    get { layers.state }
    set { layers.state = newValue }
  }
}
