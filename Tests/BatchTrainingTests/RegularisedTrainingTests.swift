import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import Testing

/// Clipping and label smoothing, as PyTorch does them.
@Suite struct RegularisedTrainingTests {
  @Test(arguments: RegularisedReference.names, [1, 3])
  func trainsAsPyTorchDoes(_ variant: String, microBatches: Int) throws {
    let reference = try Fixture.load("regularised_\(variant)", as: RegularisedReference.self)
    try check(reference, microBatches, Double.self)
    try check(reference, microBatches, Float.self)
  }

  private func check<S: Scalar>(_ reference: RegularisedReference, _ microBatches: Int, _: S.Type) throws {
    let differences = try reference.differences(microBatches: microBatches, as: S.self)
    #expect(differences.largest < RegularisedReference.tolerance[S.self])
    #expect((differences.norms == nil) == (try reference.regularisation().clipping == nil))
  }

  @Test func thereIsNoNormBeforeAStep() throws {
    let network = try Network<Float>(Sequential(inputShape: [1]) { Dense(2) }, seed: 1, context: .test(Float.self))
    let step = try TrainingStep(
      network, on: data(), loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1), capacity: 2,
      regularisation: Regularisation(clipping: .norm(1)), team: ThreadTeam(threads: 1))
    #expect(step.lastGradientNorm == nil)
    _ = [0, 1].withUnsafeBufferPointer { step($0) }
    #expect(step.lastGradientNorm != nil)
  }

  private func data() throws -> Dataset {
    try Dataset(
      name: "test", features: Matrix(rows: 2, columns: 1, [1, 2]), exampleShape: [1],
      targets: .classes(labels: [0, 1], names: ["a", "b"]))
  }

  /// Clipping must not turn a diverged run into one that looks well.
  @Test(arguments: [GradientClipping.norm(1), .value(1)])
  func aGradientThatIsNoNumberStaysNone(_ clipping: GradientClipping) throws {
    let network = try Network<Float>(Sequential(inputShape: [1]) { Dense(2) }, seed: 1, context: .test(Float.self))
    network.setValues(of: network.slots[0], [.nan, 1])
    let step = try TrainingStep(
      network, on: data(), loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1), capacity: 2,
      regularisation: Regularisation(clipping: clipping), team: ThreadTeam(threads: 1))
    // The step as a whole leaves such a batch alone.
    let bias = network.values(of: network.slots[1])
    let result = [0, 1].withUnsafeBufferPointer { step($0) }
    #expect(result.mean.isNaN && step.updates == 0 && step.lastGradientNorm == nil)
    #expect(network.values(of: network.slots[1]) == bias)
    // Who updates all the same must see it.
    step.update()
    #expect(try #require(step.lastGradientNorm).isNaN)
    #expect(network.slots.flatMap { network.values(of: $0) }.allSatisfy { $0.isNaN })
  }

  /// Smoothing is for training alone: the evaluator's loss is the plain one.
  @Test func evaluationIsNotSmoothed() throws {
    let data = try data()
    let network = try Network<Double>(Sequential(inputShape: [1]) { Dense(2) }, seed: 1, context: .test(Double.self))
    let team = try ThreadTeam(threads: 1)
    func loss(_ smoothing: Double) throws -> Double {
      let step = try TrainingStep(
        network, on: data, loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1), capacity: 2,
        regularisation: Regularisation(labelSmoothing: smoothing), team: team)
      return [0, 1].withUnsafeBufferPointer { step.computeGradient($0).mean }
    }
    let plain = try Evaluator(network, on: data, loss: .softmaxCrossEntropy, team: team).evaluate().mean
    #expect(try loss(0) == plain)
    #expect(try abs(loss(0.5) - plain) > 1e-3)
  }

  @Test func valuesHaveNoLabelsToSmooth() throws {
    let network = try Network<Float>(Sequential(inputShape: [1]) { Dense(2) }, seed: 1, context: .test(Float.self))
    let message = "mean-squared-error has no labels to smooth; leave label smoothing at 0 or take a cross-entropy"
    #expect(throws: ModelError.mismatch(message)) {
      try TrainingStep(
        network, on: data(), loss: .meanSquaredError, optimizer: SGD(learningRate: 0.1), capacity: 2,
        regularisation: Regularisation(labelSmoothing: 0.1), team: ThreadTeam(threads: 1))
    }
    // A setting that was changed to nonsense is found out here at the latest.
    var senseless = Regularisation.none
    senseless.clipping = .norm(-1)
    #expect(throws: ModelError.mismatch("the bound of a clipping must be a positive number, not -1")) {
      try TrainingStep(
        network, on: data(), loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1), capacity: 2,
        regularisation: senseless, team: ThreadTeam(threads: 1))
    }
  }
}
