public import BatchAlgebra
public import BatchTraining

/// The noise scale of the gradient as an adaptive optimizer uses it: φ_P = S_P/|G_P|², with each element times p.
///
/// S_P = Σ pⱼ² varⱼ and |G_P|²̂ = Σ pⱼ² ḡⱼ² − S_P/B, with p = 1/(√v̂ + ε) of the update. It is McCandlish's noise scale
/// (2018, §2.2 and App. A) in the coordinates in which the optimizer takes equal steps; AdaptDL divides gradients so,
/// too. With Adam the plain one can be far too small, since a few parameters with large gradients decide it alone. It
/// remains an approximation, and says so: the first moment averages over several batches.
///
/// Costs the gradient written out, the mean squares of its elements and a pass over the parameters. Measured are
/// `preconditioned_noise_scale`, `…_scatter` and `…_true_square`; nothing with an optimizer without second moments.
public struct PreconditionedNoiseScale: StepQuantity {
  /// What batches are drawn from.
  public let population: NoiseScale.Population
  private var layers: NoiseScaleLayers
  private var lacksMoments = false

  /// In the first updates the moments are made of hardly any gradient but the batch's own.
  private static var firstUpdate: Int { 10 }

  /// The noise scale; a number needs an interval whose ends are at most `largestFactor` from it, as a factor.
  public init(of population: NoiseScale.Population = .trainingPart, largestFactor: Double = 2) {
    self.population = population
    layers = NoiseScaleLayers(largestFactor: largestFactor)
  }

  public var needs: StepNeeds { [.gradient, .elementSquares] }

  public func needs(at position: TrainingPosition, update: Int) -> StepNeeds? {
    update >= Self.firstUpdate && !lacksMoments ? needs : nil
  }

  /// The noise scale of the whole network since it was last asked for its measurements.
  public var estimate: NoiseScaleEstimate { layers.total.estimate }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let second = SecondMoments(result.optimizer, update: result.update) else {
      lacksMoments = true
      return
    }
    guard let gradient = result.gradient, let squares = result.elementSquares else { return }
    layers.prepare(result.network, flaws: ["preconditioned by the optimizer's second moments, without its first"])
    let (examples, state) = (result.loss.examples, result.state)
    layers.add(of: population == .trainingPart ? result.position.examplesPerEpoch : nil) { _, range in
      second.moments(of: range, examples: examples, gradient: gradient, elementSquares: squares, state: state)
    }
  }

  public mutating func takeMeasurements() -> [Measurement] {
    let name = "preconditioned_noise_scale"
    guard !lacksMoments else {
      return [
        Measurement(
          name: name, value: nil, probes: 0,
          note: "the optimizer does not scale steps by second moments: its noise scale is the plain one")
      ]
    }
    return layers.takeMeasurements(named: name)
  }

  public var leastProbes: Int { RatioJackknife.leastCount }

  public var state: [Double] {
    get { layers.state }
    set { layers.state = newValue }
  }
}
