import BatchAlgebra
import BatchFoundation
import BatchScience
import BatchTestSupport
import BatchTraining
import Testing

@Suite struct NoiseScaleQuantityTests {
  private func show<Quantity: StepQuantity>(
    _ quantity: inout Quantity, _ gradients: ObservedGradients<Double>, updates: ClosedRange<Int>,
    _ look: (_ update: Int) -> Void = { _ in }
  ) {
    for update in updates {
      gradients.compute((0..<16).map { (16 * update + 5 * $0) % 64 })
      look(update)
      gradients.show(&quantity, update: update)
    }
  }

  /// Of the network and of each layer, with what they are the ratio of.
  @Test func measuresNetworkAndLayers() throws {
    let gradients = try ObservedGradients<Double>(optimizer: SGD(learningRate: 0.1))
    var (quantity, windows) = (
      NoiseScale(of: .unlimited, largestFactor: 1e9),
      [NoiseScaleWindow](
        repeating: NoiseScaleWindow(largestFactor: 1e9), count: 3)
    )
    show(&quantity, gradients, updates: 1...12) { _ in
      let layers = gradients.step.network.trainedNodes.map(gradients.moments)
      windows[0].add(layers[0] + layers[1])
      for (index, moments) in layers.enumerated() { windows[index + 1].add(moments) }
    }
    #expect(quantity.needs == .exampleNorms && quantity.estimate == windows[0].estimate)
    let measurements = quantity.takeMeasurements()
    #expect(
      measurements.map(\.name)
        == ["noise_scale", "noise_scale", "noise_scale", "noise_scale_scatter", "noise_scale_true_square"])
    #expect(measurements.prefix(3).map(\.layer) == [nil, "layers.0", "layers.1"])
    for (measurement, window) in zip(measurements, windows) {
      let estimate = window.estimate
      #expect(measurement.value == estimate.value && measurement.low == estimate.interval?.lowerBound)
      #expect(measurement.probes == 12)
    }
    #expect(measurements[3].value == windows[0].estimate.scatter)
    #expect(quantity.takeMeasurements().isEmpty)
  }

  @Test func theTrainingPartIsFinite() throws {
    let gradients = try ObservedGradients<Double>(optimizer: SGD(learningRate: 0.1))
    gradients.examplesPerEpoch = 64
    var (quantity, window) = (NoiseScale(), NoiseScaleWindow())
    show(&quantity, gradients, updates: 1...12) { _ in
      let layers = gradients.step.network.trainedNodes.map(gradients.moments)
      window.add(layers[0] + layers[1], of: 64)
    }
    #expect(quantity.estimate == window.estimate)
  }

  /// At weights of five moments of a training the interval covers the exact noise scale, at four of them at least.
  ///
  /// Batches are a quarter of the data, and not to know that makes |G|² too small by S/(N − 1).
  @Test func coversTheExactOne() throws {
    let gradients = try ObservedGradients<Double>(optimizer: SGD(learningRate: 0.3))
    gradients.examplesPerEpoch = 64
    let exactStep = try TrainingStep(
      gradients.step.network, on: gradients.data, loss: .softmaxCrossEntropy, optimizer: gradients.optimizer,
      capacity: 16, needs: .exampleNorms, team: ThreadTeam(threads: 1))
    var (covered, tooSmall, stream) = (0, 0, RandomStream(seed: 11, name: "batches"))
    for _ in 0..<5 {
      var (estimate, unaware) = (NoiseScale(), NoiseScale(of: .unlimited))
      for update in 1...120 {
        gradients.compute(stream.permutation(of: 0..<64).prefix(16).map { Int($0) })
        gradients.show(&estimate, update: update)
        gradients.show(&unaware, update: update)
      }
      let exact = try ExactNoiseScale(of: exactStep, over: gradients.data).total
      if try #require(estimate.estimate.interval).contains(exact.noiseScale) { covered += 1 }
      let missing = try (exact.trueSquare - #require(unaware.estimate.trueSquare)) / (exact.scatter / 63)
      if 0.5...1.5 ~= missing { tooSmall += 1 }
      for _ in 0..<4 {
        gradients.compute(Array(0..<64))
        gradients.update()
      }
    }
    #expect(covered >= 4 && tooSmall >= 4)
  }

  /// The estimate from micro-batches is of the same size as that from examples, and needs no norms of theirs.
  @Test func microBatchesAgreeWithExamples() throws {
    let gradients = try ObservedGradients<Double>(optimizer: SGD(learningRate: 0.1))
    var examples = NoiseScale(of: .unlimited)
    var parts = NoiseScale(estimator: .microBatches, of: .unlimited)
    #expect(parts.needs == .microBatchNorms)
    var stream = RandomStream(seed: 9, name: "batches")
    for update in 1...400 {
      gradients.compute((0..<16).map { _ in stream.integer(below: 64) })
      let microBatches = (0..<8).map { part in
        MicroBatchSquare(examples: 2, square: gradients.gradients[2 * part..<2 * part + 2].meanVector.square)
      }
      gradients.show(&examples, update: update)
      gradients.show(&parts, update: update, microBatches: microBatches)
    }
    let (a, b) = (examples.estimate, parts.estimate)
    let (low, high) = (try #require(a.interval), try #require(b.interval))
    let ratio = try #require(a.scatter) / #require(b.scatter)
    #expect(low.overlaps(high) && abs(ratio - 1) < 0.05)
    #expect(a.probes == 400 && b.probes == 400)
    #expect(parts.takeMeasurements().map(\.name) == ["noise_scale", "noise_scale_scatter", "noise_scale_true_square"])
  }

  @Test func adaptiveOptimizersFlawThePlainOne() throws {
    let gradients = try ObservedGradients<Double>(optimizer: Adam(learningRate: 0.01))
    var quantity = NoiseScale()
    show(&quantity, gradients, updates: 1...9)
    #expect(try #require(quantity.takeMeasurements().first?.note).contains("the preconditioned noise scale is nearer"))
  }

  /// With p = 1/(√v̂ + ε) of the update each gradient is scaled, and the noise scale is that of the scaled ones.
  @Test(arguments: ["Adam", "AdamW", "LAMB", "RMSProp", "centred", "Adagrad"])
  func preconditionedIsThatOfScaledGradients(_ name: String) throws {
    let optimizer: any Optimizer =
      switch name {
      case "Adam": try Adam(learningRate: 0.01)
      case "AdamW": try AdamW(learningRate: 0.01)
      case "LAMB": try LAMB(learningRate: 0.01)
      case "RMSProp": try RMSProp(learningRate: 0.001, epsilon: 1e-4)
      case "centred": try RMSProp(learningRate: 0.001, epsilon: 1e-2, centred: true)
      default: try Adagrad(learningRate: 0.01, epsilon: 1e-6)
      }
    let gradients = try ObservedGradients<Double>(optimizer: optimizer)
    var quantity = PreconditionedNoiseScale(of: .unlimited, largestFactor: 1e9)
    #expect(quantity.needs(at: .init(examples: 0, examplesPerEpoch: 1, totalExamples: 1), update: 9) == nil)
    var window = NoiseScaleWindow(largestFactor: 1e9)
    let network = gradients.step.network
    for update in 1...22 {
      gradients.compute((0..<16).map { (16 * update + 5 * $0) % 64 })
      let mean = gradients.mean
      // The state that the update itself computes is the one it divides by.
      if update >= 10 { gradients.show(&quantity, update: update) }
      gradients.update()
      guard update >= 10 else { continue }
      let state = optimizer.stateNames.map { Array(gradients.step.stateVector($0)) }
      let factors = mean.indices.map { index -> Double in
        switch name {
        case "RMSProp": 1 / (state[0][index].squareRoot() + 1e-4)
        case "centred":
          1 / (max(0, state[0][index] - state[1][index] * state[1][index]).squareRoot() + 1e-2)
        case "Adagrad": 1 / (state[0][index].squareRoot() + 1e-6)
        default:
          1 / ((state[1][index] / (1 - pow(0.999, update))).squareRoot() + (name == "LAMB" ? 1e-6 : 1e-8))
        }
      }
      window.add(GradientMoments(gradients.gradients.map { zip($0, factors).map { $0 * $1 } }))
    }
    let (estimate, expected) = (quantity.estimate, window.estimate)
    let ratios = (
      try #require(estimate.scatter) / #require(expected.scatter),
      try #require(estimate.trueSquare) / #require(expected.trueSquare)
    )
    #expect(abs(ratios.0 - 1) < 1e-9 && abs(ratios.1 - 1) < 1e-6)
    let measurements = quantity.takeMeasurements()
    #expect(measurements.prefix(3).map(\.layer) == [nil, "layers.0", "layers.1"])
    #expect(try #require(measurements[0].note).contains("preconditioned by the optimizer's second moments"))
    #expect(network.trainedNodes.count == 2)
  }

  private func pow(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { product, _ in product * x } }

  @Test func preconditionedNeedsSecondMoments() throws {
    let gradients = try ObservedGradients<Double>(optimizer: SGD(learningRate: 0.1, momentum: 0.9))
    var quantity = PreconditionedNoiseScale()
    show(&quantity, gradients, updates: 10...11)
    #expect(
      quantity.takeMeasurements().first?.note
        == "the optimizer does not scale steps by second moments: its noise scale is the plain one")
    #expect(quantity.needs(at: .init(examples: 0, examplesPerEpoch: 1, totalExamples: 1), update: 12) == nil)
  }

  /// The weights move against the first of two gradients: the second is less along it, and φ too large.
  @Test func consecutiveStepsAreBiased() throws {
    let gradients = try ObservedGradients<Double>(optimizer: SGD(learningRate: 0.5))
    var (stream, ratios) = (RandomStream(seed: 10, name: "batches"), [Double]())
    let initial = Array(gradients.step.network.parameters.elements)
    var (consecutive, examples) = (ConsecutiveNoiseScale(largestFactor: 1e9), NoiseScale(of: .unlimited))
    for pair in 0..<300 {
      // Always from the same weights, so that nothing else differs.
      _ = gradients.step.network.parameters.elements.update(fromContentsOf: initial)
      for update in [2 * pair + 1, 2 * pair + 2] {
        gradients.compute((0..<16).map { _ in stream.integer(below: 64) })
        gradients.show(&consecutive, update: update)
        if update == 2 * pair + 1 { gradients.show(&examples, update: update) }
        gradients.update()
      }
    }
    let (biased, unbiased) = (consecutive.estimate, examples.estimate)
    #expect(biased.probes == 300 && unbiased.probes == 300)
    ratios = [try #require(biased.trueSquare), try #require(unbiased.trueSquare)]
    #expect(ratios[0] < 0.8 * ratios[1])
    #expect(consecutive.takeMeasurements().first?.name == "consecutive_noise_scale")
  }
}
