public import BatchAlgebra
public import BatchTraining

/// The lengths of the gradients and of the weights.
///
/// Measured are `gradient_norm`, the mean over the window of |ḡ| of the batches; `mean_gradient_norm`, |G| of the mean
/// that they scatter about, as the root of the mean of the |G|²̂ of a ``NoiseProbe``; and `weight_norm`, |θ| at the
/// last update. At fixed weights E|ḡ|² = |G|² + S/B falls with the batch; that |ḡ| rises with it at equal numbers of
/// epochs is because larger batches have then made fewer updates.
public struct Norms: StepQuantity {
  private var gradients = PairSeries()
  private var squares = PairSeries()
  private var weights: Double?

  /// The norms.
  public init() {}

  public var needs: StepNeeds { .exampleNorms }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let moments = result.totalMoments else { return }
    gradients.append(moments.meanSquare.squareRoot(), over: 1)
    if moments.examples > 1 {
      squares.append(NoiseProbe(moments, of: result.position.examplesPerEpoch).trueSquare, over: 1)
    } else {
      squares.skipBatchOfOne()
    }
    let parameters = result.network.parameters
    weights =
      S.kernelSumOfSquares(result.network.context.instructionSet, parameters.count, parameters.baseAddress).squareRoot()
  }

  public mutating func takeMeasurements() -> [Measurement] {
    defer {
      gradients.removeAll()
      squares.removeAll()
      weights = nil
    }
    guard gradients.count > 0 || gradients.note != nil else { return [] }
    var measurements: [Measurement] = []
    if gradients.count > 0 {
      measurements.append(
        Measurement(
          name: "gradient_norm", value: gradients.sums.x / gradients.sums.y,
          interval: (try? RatioJackknife(gradients, .plain))?.interval, probes: gradients.count, note: gradients.note))
    }
    if squares.count > 0 {
      let square = squares.sums.x / squares.sums.y
      // The length itself cannot be below 0, whatever its square is estimated as.
      let interval = (try? RatioJackknife(squares, .plain))?.interval
      measurements.append(
        Measurement(
          name: "mean_gradient_norm", value: square >= 0 ? square.squareRoot() : nil,
          interval: interval.map { max(0, $0.lowerBound).squareRoot()...max(0, $0.upperBound).squareRoot() },
          probes: squares.count, note: square >= 0 ? squares.note : "the mean of |G|² is estimated below 0"))
    }
    if let weights { measurements.append(Measurement(name: "weight_norm", value: weights, probes: 1)) }
    return measurements
  }

  public var leastProbes: Int { RatioJackknife.leastCount }

  public var state: [Double] {
    get {
      var state = StateWriter()
      gradients.write(to: &state)
      squares.write(to: &state)
      state.write(weights.flatMap { $0.isFinite ? [$0] : nil } ?? [])
      return state.numbers
    }
    set {
      var state = StateReader(newValue)
      gradients = PairSeries(from: &state) ?? PairSeries()
      squares = PairSeries(from: &state) ?? PairSeries()
      weights = state.values()?.first
    }
  }
}
