public import BatchAlgebra
public import BatchTraining

/// The gradient noise scale φ = S/|G|² through training, of the network and of each layer, with its interval.
///
/// It is about the batch at which twice as many examples are needed as with small batches (McCandlish 2018, arXiv
/// 1812.06162, §2.2), where the optimizer follows the gradient and the loss curves alike in all directions; see
/// <doc:TheNoiseScale> for where it misleads. Measured are `noise_scale`, and the means it is the ratio of:
/// `noise_scale_scatter` and `noise_scale_true_square`.
///
/// ```swift
/// let trainer = try Trainer(
///   model: model, data: data, loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1), plan: plan,
///   quantities: [NoiseScale()], team: team)
/// ```
public struct NoiseScale: StepQuantity {
  /// Where the estimates of an update come from.
  public enum Estimator: Sendable, Hashable {
    /// The norms of the examples' own gradients, beside which layers still update their weights as they go.
    case examples
    /// The gradients of the micro-batches that the batch goes through the network in; needs the whole gradient written
    /// out, and batches of at least two micro-batches.
    case microBatches
  }

  /// What batches are drawn from.
  public enum Population: Sendable, Hashable {
    /// Without replacement from the training part, whose S and G are estimated.
    case trainingPart
    /// From examples without end, as a stream or pictures that are changed at random.
    case unlimited
  }

  /// Where the estimates of an update come from.
  public let estimator: Estimator
  /// What batches are drawn from.
  public let population: Population
  private var layers: NoiseScaleLayers

  /// The noise scale; a number needs an interval whose ends are at most `largestFactor` from it, as a factor.
  public init(estimator: Estimator = .examples, of population: Population = .trainingPart, largestFactor: Double = 2) {
    self.estimator = estimator
    self.population = population
    layers = NoiseScaleLayers(largestFactor: largestFactor)
  }

  public var name: String { estimator == .examples ? "NoiseScale" : "NoiseScale of micro-batches" }

  public var needs: StepNeeds { estimator == .examples ? .exampleNorms : .microBatchNorms }

  /// The noise scale of the whole network since it was last asked for its measurements.
  public var estimate: NoiseScaleEstimate { layers.total.estimate }

  public mutating func observe<S: Scalar>(_ result: StepResult<S>) {
    let optimizer = result.optimizer
    layers.prepare(result.network, flaws: Self.flaws(of: optimizer))
    let population = population == .trainingPart ? result.position.examplesPerEpoch : nil
    switch estimator {
    case .examples:
      if let moments = result.layerMoments { layers.add(of: population) { layer, _ in moments[layer] } }
    case .microBatches:
      guard let gradient = result.gradient, let start = gradient.baseAddress else { return }
      let whole = MicroBatchSquare(
        examples: result.loss.examples,
        square: S.kernelSumOfSquares(result.network.context.instructionSet, gradient.count, start))
      if let probe = NoiseProbe(parts: result.microBatches, whole: whole, of: population) { layers.add(probe) }
    }
  }

  public mutating func takeMeasurements() -> [Measurement] { layers.takeMeasurements(named: "noise_scale") }

  public var leastProbes: Int { RatioJackknife.leastCount }

  public var state: [Double] {
    get { layers.state }
    set { layers.state = newValue }
  }

  private static func flaws(of optimizer: any Optimizer) -> [String] {
    guard SecondMoments(optimizer, update: 1) != nil else { return [] }
    return ["the optimizer scales steps by second moments: the preconditioned noise scale is nearer to what it sees"]
  }
}
