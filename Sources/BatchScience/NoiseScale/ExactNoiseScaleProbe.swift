public import BatchAlgebra
public import BatchData
public import BatchTraining

/// The noise scale of the weights that an update is seen with, as a quantity: the exact one, and an estimate of it from
/// batches at weights that stay as they are.
///
/// Goes through the whole training part, and through batches until there is enough evidence, on a network and a step of
/// its own: an observation costs an epoch and more. Measured are `exact_noise_scale` and `fixed_weights_noise_scale`,
/// of the network and of each layer. The noise scale of one moment is not that of the updates around it: |G|² goes up
/// and down by itself, by the noise of the steps that led there. Only runs in single precision are observed.
public final class ExactNoiseScaleProbe: StepQuantity {
  /// The largest number of examples that go through the network at once.
  private static var batchSize: Int { 512 }

  /// The number of batches between two looks at the evidence, and the largest.
  private static var probes: (step: Int, most: Int) { (64, 512) }

  private let step: TrainingStep<Float>
  private let data: Dataset
  private let batch: Int
  private let seed: UInt64
  private var found: [Measurement] = []

  /// A probe for networks of a model that are trained on batches of a data set.
  ///
  /// - Throws: `ModelError` when model and data do not fit, norms of examples' gradients cannot be had, or memory is
  ///   short.
  public init(
    _ model: Sequential, data: Dataset, batch: Int, loss: any Loss, regularisation: Regularisation = .none,
    seed: UInt64,
    context: ComputeContext, team: ThreadTeam
  ) throws(ModelError) {
    self.data = data
    self.batch = min(batch, data.count)
    self.seed = seed
    step = try TrainingStep(
      Network<Float>(model, seed: seed, context: context), on: data, loss: loss, optimizer: GradientOnly(),
      capacity: min(max(Self.batchSize, batch), data.count),
      regularisation: regularisation, seed: seed, needs: .exampleNorms, team: team)
  }

  public var needs: StepNeeds { [] }

  public func observe<S: Scalar>(_ result: StepResult<S>) {
    guard let network = result.network as? Network<Float> else { return }
    step.network.copyParameters(from: network)
    let name = "exact_noise_scale"
    var measurements: [Measurement]
    do {
      let exact = try ExactNoiseScale(of: step, over: data)
      measurements = [Measurement(name: name, value: exact.total.noiseScale, probes: 1)]
      measurements += exact.layers.map {
        Measurement(name: name, layer: $0.name, value: $0.moments.noiseScale, probes: 1)
      }
      measurements += try estimate()
    } catch {
      measurements = [Measurement(name: name, value: nil, probes: 0, note: "\(error)")]
    }
    for var measurement in measurements {
      (measurement.firstUpdate, measurement.lastUpdate) = (result.update, result.update)
      found.append(measurement)
    }
  }

  /// The noise scale from batches at the weights as they are, as many as it takes.
  private func estimate() throws -> [Measurement] {
    var measurements: [Measurement] = []
    for count in stride(from: Self.probes.step, through: Self.probes.most, by: Self.probes.step) {
      // Anew each time, in the same order: a quantity that has told has forgotten.
      var quantities: [any StepQuantity] = [NoiseScale()]
      _ = try GradientProbes.observe(&quantities, in: step, over: data, batch: batch, count: count, seed: seed)
      measurements = quantities[0].takeMeasurements()
      if measurements.first?.value != nil { break }
    }
    return measurements.filter { $0.name == "noise_scale" }.map { measurement in
      var measurement = measurement
      measurement.name = "fixed_weights_noise_scale"
      return measurement
    }
  }

  public func takeMeasurements() -> [Measurement] {
    defer { found = [] }
    return found
  }
}

/// An optimizer for a step that is never asked for an update.
private struct GradientOnly: Optimizer {
  var learningRate = 0.0
  var description: String { "none" }
  var stateNames: [String] { [] }
  func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .custom }
}
