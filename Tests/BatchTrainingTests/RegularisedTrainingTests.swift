import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import Testing

/// Clipping and label smoothing, as PyTorch does them.
@Suite struct RegularisedTrainingTests {
  struct TorchRun: Decodable {
    struct Parameters: Decodable {
      var weight: [[Double]]
      var bias: [Double]
    }
    struct Batch: Decodable {
      var inputs: [[Double]]
      var labels: [Int32]
    }
    var clipping: String
    var bound: Double
    var smoothing: Double
    var initial: [Parameters]
    var batches: [Batch]
    var losses: [Double]
    var norms: [Double]
    var final: [Parameters]

    func regularisation() throws -> Regularisation {
      try Regularisation(
        clipping: clipping == "none" ? nil : GradientClipping("\(clipping):\(bound)"), labelSmoothing: smoothing)
    }
  }

  @Test(arguments: ["norm", "value", "smoothed", "smoothed_norm"], [1, 3])
  func trainsAsPyTorchDoes(_ variant: String, microBatches: Int) throws {
    let torch = try Fixture.load("regularised_\(variant)", as: TorchRun.self)
    try check(torch, microBatches, Double.self, tolerance: 1e-12)
    try check(torch, microBatches, Float.self, tolerance: 1e-5)
  }

  private func check<S: Scalar>(_ torch: TorchRun, _ microBatches: Int, _: S.Type, tolerance: Double) throws {
    let model = Sequential(inputShape: [5]) {
      Dense(7, .tanh)
      Dense(3)
    }
    let network = try Network<S>(model, seed: 1)
    for (layer, parameters) in torch.initial.enumerated() {
      network.setValues(of: network.slots[2 * layer], parameters.weight.flat.map { S($0) })
      network.setValues(of: network.slots[2 * layer + 1], parameters.bias.map { S($0) })
    }
    let features = torch.batches.flatMap(\.inputs).flat.map { Float($0) }
    let labels = torch.batches.flatMap(\.labels)
    let data = try Dataset(
      name: "fixture", features: Matrix(rows: labels.count, columns: 5, features), exampleShape: [5],
      targets: .classes(labels: labels, names: ["a", "b", "c"]))
    let step = try TrainingStep(
      network, on: data, loss: .softmaxCrossEntropy,
      optimizer: Accumulating(SGD(learningRate: 0.2, momentum: 0.9), microBatches: microBatches), capacity: 4,
      regularisation: torch.regularisation(), team: ThreadTeam(threads: 2))
    #expect(step.lastGradientNorm == nil)
    for (batch, (loss, norm)) in zip(torch.losses, torch.norms).enumerated() {
      let indices = (0..<4).map { Int32(4 * batch + $0) }
      let result = indices.withUnsafeBufferPointer { step($0) }
      #expect(abs(result.mean - loss) < tolerance)
      if torch.clipping == "none" {
        #expect(step.lastGradientNorm == nil)
      } else {
        #expect(abs(try #require(step.lastGradientNorm) - norm) < tolerance)
      }
    }
    for (layer, parameters) in torch.final.enumerated() {
      #expect(
        largestError(network.values(of: network.slots[2 * layer]).map(Double.init), parameters.weight.flat) < tolerance)
      #expect(
        largestError(network.values(of: network.slots[2 * layer + 1]).map(Double.init), parameters.bias) < tolerance)
    }
  }

  private func data() throws -> Dataset {
    try Dataset(
      name: "test", features: Matrix(rows: 2, columns: 1, [1, 2]), exampleShape: [1],
      targets: .classes(labels: [0, 1], names: ["a", "b"]))
  }

  /// Clipping must not turn a diverged run into one that looks well.
  @Test(arguments: [GradientClipping.norm(1), .value(1)])
  func aGradientThatIsNoNumberStaysNone(_ clipping: GradientClipping) throws {
    let network = try Network<Float>(Sequential(inputShape: [1]) { Dense(2) }, seed: 1)
    network.setValues(of: network.slots[0], [.nan, 1])
    let step = try TrainingStep(
      network, on: data(), loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1), capacity: 2,
      regularisation: Regularisation(clipping: clipping), team: ThreadTeam(threads: 1))
    let result = [0, 1].withUnsafeBufferPointer { step($0) }
    #expect(result.mean.isNaN)
    #expect(try #require(step.lastGradientNorm).isNaN)
    #expect(network.slots.flatMap { network.values(of: $0) }.allSatisfy { $0.isNaN })
  }

  /// Smoothing is for training alone: the evaluator's loss is the plain one.
  @Test func evaluationIsNotSmoothed() throws {
    let data = try data()
    let network = try Network<Double>(Sequential(inputShape: [1]) { Dense(2) }, seed: 1)
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
    let network = try Network<Float>(Sequential(inputShape: [1]) { Dense(2) }, seed: 1)
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
