public import BatchAlgebra
import BatchData
public import BatchTraining

/// A hundred updates of four parameters by an optimizer, as PyTorch makes them, or the paper of a method it lacks.
///
/// `scripts/fixtures/optimizers.py` says what is stored, and where the numbers come from that are not.
public struct OptimizerReference: Decodable {
  /// The names of the stored runs, one a variant of an optimizer.
  public static let names = [
    "sgd", "sgd_weight_decay", "sgd_momentum", "sgd_dampening", "sgd_nesterov", "adam", "adam_weight_decay", "adamw",
    "adamw_weights", "rmsprop", "rmsprop_momentum", "rmsprop_centred", "rmsprop_centred_momentum", "adagrad",
    "adagrad_decays", "lars", "lars_plain", "lars_decays_everywhere", "lamb", "lamb_everywhere",
    "lamb_adapts_everywhere",
  ]
  /// How far an element may be away after a hundred updates.
  public static let tolerance = PerPrecision(float: 1e-6, double: 1e-12)

  /// What computed the values.
  public let maker: String
  /// The optimizer of PyTorch, or the paper.
  public let reference: String
  /// The package's settings of the same optimizer.
  public let optimizer: OptimizerSettings
  private let shapes: [[Int]]
  private let after: [String: [Double]]

  /// The largest difference of an element after each number of updates for which there are stored values.
  public func differences<S: Scalar>(
    _ engine: GEMMEngine = .underTest, as scalar: S.Type
  ) throws -> [(updates: Int, difference: Double)] {
    let widths = shapes[0] + [shapes[2][1]]
    let model = Sequential(inputShape: [widths[0]]) {
      Dense(widths[1])
      Dense(widths[2])
    }
    let network = try Network<S>(model, seed: 1, context: .test(S.self, engine: engine))
    guard network.slots.map(\.shape) == shapes else {
      throw UnfitReference(description: "a network with \(network.slots.map(\.shape)) is not one with \(shapes)")
    }
    let data = try Dataset(
      name: "none", features: Matrix(rows: 1, columns: widths[0]), exampleShape: [widths[0]],
      targets: .classes(labels: [0], names: ["a", "b", "c"]))
    let step = try TrainingStep(
      network, on: data, loss: .softmaxCrossEntropy, optimizer: optimizer.optimizer, capacity: 1,
      team: ThreadTeam(threads: 2))
    var numbers = Numbers()
    for slot in network.slots {
      network.setValues(of: slot, (0..<slot.count).map { _ in S(numbers.next() / 2) })
    }
    var differences: [(updates: Int, difference: Double)] = []
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
      guard step.updates == update else {
        throw UnfitReference(description: "the step counts \(step.updates) updates, not \(update)")
      }
      if let expected = after["\(update)"] {
        differences.append((update, largestDifference(network.slots.flatMap { network.values(of: $0) }, expected)))
      }
    }
    return differences
  }

  /// The numbers of the maker.
  private struct Numbers {
    var x: UInt64 = 1

    mutating func next() -> Double {
      x = (1_103_515_245 * x + 12_345) % (1 << 31)
      return Double(x >> 16) / 16_384 - 1
    }
  }
}
