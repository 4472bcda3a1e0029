import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import Testing

/// A hundred updates by every optimizer and its variants, against PyTorch's and the papers' in double precision.
@Suite struct OptimizerParityTests {
  struct Run: Decodable {
    var optimizer: OptimizerSettings
    var shapes: [[Int]]
    var after: [String: [Double]]
  }

  static let variants = [
    "sgd", "sgd_weight_decay", "sgd_momentum", "sgd_dampening", "sgd_nesterov", "adam", "adam_weight_decay", "adamw",
    "adamw_weights", "rmsprop", "rmsprop_momentum", "rmsprop_centred", "rmsprop_centred_momentum", "adagrad",
    "adagrad_decays", "lars", "lars_plain", "lamb", "lamb_everywhere",
  ]

  @Test(arguments: variants, GEMMEngine.allCases)
  func goesWhereTheReferenceGoes(_ variant: String, _ engine: GEMMEngine) throws {
    let reference = try Fixture.load("optimizers_\(variant)", as: Run.self)
    try check(reference, engine, Double.self, tolerance: 1e-12)
    try check(reference, engine, Float.self, tolerance: 1e-6)
  }

  /// The numbers of scripts/fixtures/optimizers.py.
  private struct Numbers {
    var x: UInt64 = 1

    mutating func next() -> Double {
      x = (1_103_515_245 * x + 12_345) % (1 << 31)
      return Double(x >> 16) / 16_384 - 1
    }
  }

  private func check<S: Scalar>(_ reference: Run, _ engine: GEMMEngine, _: S.Type, tolerance: Double) throws {
    let widths = reference.shapes[0] + [reference.shapes[2][1]]
    let model = Sequential(inputShape: [widths[0]]) {
      Dense(widths[1])
      Dense(widths[2])
    }
    let network = try Network<S>(model, seed: 1, engine: engine)
    #expect(network.slots.map(\.shape) == reference.shapes)
    let data = try Dataset(
      name: "none", features: Matrix(rows: 1, columns: widths[0]), exampleShape: [widths[0]],
      targets: .classes(labels: [0], names: ["a", "b", "c"]))
    let step = try TrainingStep(
      network, on: data, loss: .softmaxCrossEntropy, optimizer: reference.optimizer.optimizer, capacity: 1,
      team: ThreadTeam(threads: 2))
    var numbers = Numbers()
    for slot in network.slots {
      network.setValues(of: slot, (0..<slot.count).map { _ in S(numbers.next() / 2) })
    }
    for update in 1...100 {
      var first = 0
      for slot in network.slots {
        let gradient = network.values(of: slot).enumerated().map { index, weight in
          weight / S(1 << ((first + index) % 4)) + S(numbers.next())
        }
        network.setValues(of: slot, gradient, in: step.gradient.elements)
        first += slot.count
      }
      step.update()
      guard let expected = reference.after["\(update)"] else { continue }
      let found = network.slots.flatMap { network.values(of: $0) }
      #expect(
        firstMismatch(found, expected, absolute: tolerance) == nil, "\(reference.optimizer) in \(S.self), \(update)")
    }
    #expect(step.updates == 100)
  }
}
