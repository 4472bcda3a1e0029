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
    let network = try Network<S>(model, seed: 1)
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

  @Test func adamRefusesSettingsThatMakeNoSense() {
    func message(_ make: () throws -> Adam) -> String? {
      (#expect(throws: OptimizerError.self) { try make() })?.description
    }
    #expect(message { try Adam(learningRate: -1) } == "the learning rate must be a positive number, not -1.0")
    #expect(message { try Adam(beta1: 1) } == "beta1 must be at least 0 and below 1, not 1.0")
    #expect(message { try Adam(beta2: .nan) } == "beta2 must be at least 0 and below 1, not nan")
    #expect(message { try Adam(epsilon: 0) } == "epsilon must be a positive number, not 0.0")
    #expect(message { try Adam(weightDecay: -0.5) } == "the weight decay must be 0 or more, not -0.5")
  }
}
