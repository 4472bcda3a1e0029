public import BatchAlgebra
import BatchData
public import BatchTraining

/// Ten updates of a small network with clipped gradients or smoothed labels, as PyTorch makes them.
public struct RegularisedReference: Decodable {
  /// The names of the stored runs.
  public static let names = ["norm", "value", "smoothed", "smoothed_norm"]
  /// How far losses, norms and weights may be away.
  public static let tolerance = PerPrecision(float: 1e-5, double: 1e-12)

  private struct Parameters: Decodable {
    var weight: [[Double]]
    var bias: [Double]
  }

  private struct Batch: Decodable {
    var inputs: [[Double]]
    var labels: [Int32]
  }

  /// What computed the values.
  public let maker: String
  private let clipping: String
  private let bound: Double
  private let smoothing: Double
  private let initial: [Parameters]
  private let batches: [Batch]
  private let losses: [Double]
  private let norms: [Double]
  private let final: [Parameters]

  /// The largest differences over a run.
  public struct Differences {
    /// Of the loss of a batch.
    public var losses = 0.0
    /// Of the norm of a gradient before it is clipped; nil where it is not asked for.
    public var norms: Double?
    /// Of the parameters after the last update.
    public var weights = 0.0

    /// The largest.
    public var largest: Double { max(losses, norms ?? 0, weights) }
  }

  /// The number of updates.
  public var updates: Int { batches.count }

  /// The settings that the run is about.
  public func regularisation() throws -> Regularisation {
    try Regularisation(
      clipping: clipping == "none" ? nil : GradientClipping("\(clipping):\(bound)"), labelSmoothing: smoothing)
  }

  /// How far the same run is away, each update in so many micro-batches.
  public func differences<S: Scalar>(microBatches: Int = 1, as scalar: S.Type) throws -> Differences {
    let model = Sequential(inputShape: [5]) {
      Dense(7, .tanh)
      Dense(3)
    }
    let network = try Network<S>(model, seed: 1, context: .test(S.self))
    for (layer, parameters) in initial.enumerated() {
      network.setValues(of: network.slots[2 * layer], parameters.weight.flatMap { $0 }.map { S($0) })
      network.setValues(of: network.slots[2 * layer + 1], parameters.bias.map { S($0) })
    }
    let features = batches.flatMap(\.inputs).flatMap { $0 }.map { Float($0) }
    let labels = batches.flatMap(\.labels)
    let data = try Dataset(
      name: "fixture", features: Matrix(rows: labels.count, columns: 5, features), exampleShape: [5],
      targets: .classes(labels: labels, names: ["a", "b", "c"]))
    let step = try TrainingStep(
      network, on: data, loss: .softmaxCrossEntropy,
      optimizer: SGD(learningRate: 0.2, momentum: 0.9), capacity: 4, microBatch: (4 + microBatches - 1) / microBatches,
      regularisation: regularisation(), team: ThreadTeam(threads: 2))
    var differences = Differences()
    for (batch, (loss, norm)) in zip(losses, norms).enumerated() {
      let indices = (0..<4).map { Int32(4 * batch + $0) }
      let result = indices.withUnsafeBufferPointer { step($0) }
      differences.losses = max(differences.losses, largestDifference([result.mean], [loss]))
      if let found = step.lastGradientNorm {
        differences.norms = max(differences.norms ?? 0, largestDifference([found], [norm]))
      }
    }
    for (layer, parameters) in final.enumerated() {
      let expected = [parameters.weight.flatMap { $0 }, parameters.bias]
      for (slot, expected) in zip(network.slots[2 * layer..<2 * layer + 2], expected) {
        differences.weights = max(
          differences.weights, largestError(network.values(of: slot).map { Double($0) }, expected))
      }
    }
    return differences
  }
}
