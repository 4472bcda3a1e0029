import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import Testing

@Suite struct OptimizerTests {
  struct TorchRun: Decodable {
    struct Parameters: Decodable {
      var weight: [[Double]]
      var bias: [Double]
    }
    struct Batch: Decodable {
      var inputs: [[Double]]
      var labels: [Int32]
    }
    struct Settings: Decodable {
      var lr: Double
      var momentum: Double?
      var nesterov: Bool?
      var betas: [Double]?
      var eps: Double?
      var weightDecay: Double

      enum CodingKeys: String, CodingKey {
        case lr, momentum, nesterov, betas, eps
        case weightDecay = "weight_decay"
      }

      func optimizer() throws -> any Optimizer {
        if let betas, let eps {
          return try Adam(
            learningRate: lr, beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weightDecay)
        }
        return try SGD(
          learningRate: lr, momentum: momentum ?? 0, nesterov: nesterov ?? false, weightDecay: weightDecay)
      }
    }
    var optimizer: Settings
    var initial: [Parameters]
    var batches: [Batch]
    var losses: [Double]
    var final: [Parameters]
  }

  /// Twenty steps of a small network with the same weights and batches: the same losses and the same weights.
  @Test(arguments: ["sgd_plain", "sgd_momentum", "sgd_nesterov", "sgd_weight_decay", "adam", "adam_weight_decay"])
  func trainsAsPyTorchDoes(_ variant: String) throws {
    let torch = try Fixture.load("mlp_\(variant)", as: TorchRun.self)
    try check(torch, Double.self, tolerance: 1e-11)
    // The batches themselves are stored as Float.
    try check(torch, Float.self, tolerance: 1e-5)
  }

  private func check<S: Scalar>(_ torch: TorchRun, _: S.Type, tolerance: Double) throws {
    let inputs = torch.initial[0].weight.count
    let widths = torch.initial.map(\.bias.count)
    let model = Sequential(
      inputShape: [inputs],
      layers: widths.enumerated().map { Dense($1, $0 < widths.count - 1 ? .relu : .identity) })
    let network = try Network<S>(model, seed: 1, context: .test(S.self))
    for (layer, parameters) in torch.initial.enumerated() {
      network.setValues(of: network.slots[2 * layer], parameters.weight.flat.map { S($0) })
      network.setValues(of: network.slots[2 * layer + 1], parameters.bias.map { S($0) })
    }
    let features = torch.batches.flatMap(\.inputs).flat.map { Float($0) }
    let labels = torch.batches.flatMap(\.labels)
    let data = try Dataset(
      name: "fixture", features: Matrix(rows: labels.count, columns: inputs, features), exampleShape: [inputs],
      targets: .classes(labels: labels, names: ["a", "b", "c"]))
    let step = try TrainingStep(
      network, on: data, loss: .softmaxCrossEntropy,
      optimizer: torch.optimizer.optimizer(), capacity: torch.batches[0].labels.count, team: ThreadTeam(threads: 2))
    var first: Int32 = 0
    for (batch, expected) in zip(torch.batches, torch.losses) {
      let indices = Array(first..<first + Int32(batch.labels.count))
      first += Int32(batch.labels.count)
      let result = indices.withUnsafeBufferPointer { step($0) }
      #expect(abs(result.mean - expected) < tolerance * 10)
    }
    for (layer, parameters) in torch.final.enumerated() {
      let weight = network.values(of: network.slots[2 * layer]).map { Double($0) }
      #expect(largestError(weight, parameters.weight.flat) < tolerance * 10)
      let bias = network.values(of: network.slots[2 * layer + 1]).map { Double($0) }
      #expect(largestError(bias, parameters.bias) < tolerance * 10)
    }
  }

  static let senseless: [(rate: Double, momentum: Double, nesterov: Bool, decay: Double, message: String)] = [
    (0.0, 0.9, false, 0.0, "the learning rate must be a positive number, not 0.0"),
    (.nan, 0.9, false, 0.0, "the learning rate must be a positive number, not nan"),
    (0.1, 1.0, false, 0.0, "the momentum must be at least 0 and below 1, not 1.0"),
    (0.1, 0.9, false, -1.0, "the weight decay must be 0 or more, not -1.0"),
    (0.1, 0.0, true, 0.0, "Nesterov's rule needs a momentum above 0"),
  ]

  @Test(arguments: senseless)
  func sgdRefusesSettingsThatMakeNoSense(
    _ settings: (rate: Double, momentum: Double, nesterov: Bool, decay: Double, message: String)
  ) {
    let error = #expect(throws: OptimizerError.self) {
      try SGD(
        learningRate: settings.rate, momentum: settings.momentum, nesterov: settings.nesterov,
        weightDecay: settings.decay)
    }
    #expect(error?.description == settings.message)
  }

  private func message(_ make: () throws -> any Optimizer) -> String? {
    (#expect(throws: OptimizerError.self) { _ = try make() })?.description
  }

  private static let tinyEpsilon = "epsilon must be at least 1.1754944e-38, not 1e-40: that is 0 in single precision"

  @Test func dampeningHasBoundsAndNoPlaceBesideNesterov() {
    #expect(
      message { try SGD(learningRate: 1, momentum: 0.9, dampening: 1) }
        == "the dampening must be at least 0 and below 1, not 1.0")
    #expect(
      message { try SGD(learningRate: 1, momentum: 0.9, dampening: 0.1, nesterov: true) }
        == "Nesterov's rule has no dampening: it must be 0, not 0.1")
  }

  @Test func adamAndItsRelativesRefuseSettingsThatMakeNoSense() throws {
    let makers: [(Double, Double, Double, Double, Double) throws -> any Optimizer] = [
      { try Adam(learningRate: $0, beta1: $1, beta2: $2, epsilon: $3, weightDecay: $4) },
      { try AdamW(learningRate: $0, beta1: $1, beta2: $2, epsilon: $3, weightDecay: $4) },
      { try LAMB(learningRate: $0, beta1: $1, beta2: $2, epsilon: $3, weightDecay: $4) },
    ]
    for make in makers {
      #expect(message { try make(-1, 0.9, 0.99, 1, 0) } == "the learning rate must be a positive number, not -1.0")
      #expect(message { try make(1, 1, 0.99, 1, 0) } == "beta1 must be at least 0 and below 1, not 1.0")
      #expect(message { try make(1, 0.9, .nan, 1, 0) } == "beta2 must be at least 0 and below 1, not nan")
      #expect(message { try make(1, 0.9, 0.99, 0, 0) } == "epsilon must be a positive number, not 0.0")
      #expect(message { try make(1, 0.9, 0.99, 1e-40, 0) } == Self.tinyEpsilon)
      #expect(throws: Never.self) { try make(1, 0.9, 0.99, Double(Float.leastNormalMagnitude), 0) }
      #expect(message { try make(1, 0.9, 0.99, 1, -0.5) } == "the weight decay must be 0 or more, not -0.5")
    }
  }

  @Test func theOthersRefuseSettingsThatMakeNoSense() {
    #expect(message { try RMSProp(learningRate: 0) } == "the learning rate must be a positive number, not 0.0")
    #expect(message { try RMSProp(alpha: 1) } == "alpha must be at least 0 and below 1, not 1.0")
    #expect(message { try RMSProp(epsilon: 0) } == "epsilon must be a positive number, not 0.0")
    #expect(message { try RMSProp(epsilon: 1e-40) } == Self.tinyEpsilon)
    #expect(message { try RMSProp(momentum: -0.1) } == "the momentum must be at least 0 and below 1, not -0.1")
    #expect(message { try RMSProp(weightDecay: .infinity) } == "the weight decay must be 0 or more, not inf")
    #expect(message { try Adagrad(learningRate: -1) } == "the learning rate must be a positive number, not -1.0")
    #expect(
      message { try Adagrad(learningRateDecay: -1) } == "the decay of the learning rate must be 0 or more, not -1.0")
    #expect(message { try Adagrad(initialAccumulator: -1) } == "the initial accumulator must be 0 or more, not -1.0")
    #expect(message { try Adagrad(epsilon: 0) } == "epsilon must be a positive number, not 0.0")
    #expect(message { try Adagrad(epsilon: 1e-40) } == Self.tinyEpsilon)
    #expect(message { try Adagrad(weightDecay: -1) } == "the weight decay must be 0 or more, not -1.0")
    #expect(message { try LARS(learningRate: 0) } == "the learning rate must be a positive number, not 0.0")
    #expect(
      message { try LARS(learningRate: 1, momentum: 1) } == "the momentum must be at least 0 and below 1, not 1.0")
    #expect(
      message { try LARS(learningRate: 1, trustCoefficient: 0) }
        == "the trust coefficient must be a positive number, not 0.0")
    #expect(
      message { try LARS(learningRate: 1, weightDecay: -1) } == "the weight decay must be 0 or more, not -1.0")
  }

  /// What the batch-size rules of adaptive optimizers change, and nothing else.
  @Test func scalingChangesTheNumbersOfTheRule() throws {
    func check<O: AdaptiveOptimizer & Equatable>(_ optimizer: O, _ expected: O) throws {
      let scaled = try optimizer.scaled(learningRate: 0.5, beta1: 0.6, beta2: 0.7, epsilon: 0.8)
      #expect(scaled == expected)
      #expect(message { try optimizer.scaled(learningRate: 0.5, beta1: -0.6, beta2: 0.7, epsilon: 0.8) } != nil)
    }
    try check(
      Adam(weightDecay: 0.1, decayScope: .weights),
      Adam(learningRate: 0.5, beta1: 0.6, beta2: 0.7, epsilon: 0.8, weightDecay: 0.1, decayScope: .weights))
    try check(
      AdamW(weightDecay: 0.1, decayScope: .weights),
      AdamW(learningRate: 0.5, beta1: 0.6, beta2: 0.7, epsilon: 0.8, weightDecay: 0.1, decayScope: .weights))
    try check(
      LAMB(weightDecay: 0.1, decayScope: .all, adaptationScope: .all),
      LAMB(
        learningRate: 0.5, beta1: 0.6, beta2: 0.7, epsilon: 0.8, weightDecay: 0.1, decayScope: .all,
        adaptationScope: .all))
    let rmsProp = try RMSProp(momentum: 0.9, centred: true, weightDecay: 0.1, decayScope: .weights)
    #expect(
      try rmsProp.scaled(learningRate: 0.5, alpha: 0.6, epsilon: 0.7)
        == RMSProp(
          learningRate: 0.5, alpha: 0.6, epsilon: 0.7, momentum: 0.9, centred: true, weightDecay: 0.1,
          decayScope: .weights))
    #expect(message { try rmsProp.scaled(learningRate: 0.5, alpha: 1, epsilon: 0.7) } != nil)
  }

  /// Where the paper says nothing, nothing special: a parameter of zeros, or one without a gradient.
  @Test(arguments: [SquaredNorms(weights: 0, steps: 4), SquaredNorms(weights: 4, steps: 0)])
  func withoutANormTheRateIsTheGlobalOne(_ norms: SquaredNorms) throws {
    let lars = try LARS(learningRate: 0.25).rule(step: 1, for: .weight, norms: norms)
    #expect(lars.share == 0.25)
    let lamb = try LAMB(learningRate: 0.25).rule(step: 1, for: .weight, norms: norms)
    #expect(lamb.rate == 0.25)
  }
}
