public import BatchAlgebra
import BatchData
public import BatchTraining

/// A loss and its gradient with respect to a network's outputs, as PyTorch computes them.
public struct LossReference: Decodable {
  /// The names of the stored values, and the package's losses.
  public static let names: [(name: String, loss: any Loss)] = [
    ("softmax_cross_entropy", SoftmaxCrossEntropy()), ("softmax_cross_entropy_extreme", SoftmaxCrossEntropy()),
    ("softmax_cross_entropy_smoothed", SoftmaxCrossEntropy()), ("binary_cross_entropy", BinaryCrossEntropy()),
    ("binary_cross_entropy_extreme", BinaryCrossEntropy()), ("mean_squared_error", MeanSquaredError()),
  ]
  /// How far the loss, by its own size where that is above 1, and an element of the gradient may be away.
  public static let tolerance = PerPrecision(float: 1e-6, double: 1e-12)

  /// What computed the values.
  public let maker: String
  /// The share of the labels that is spread over all classes.
  public let smoothing: Double
  private let outputs: [[Double]]
  private let labels: [Int32]?
  private let values: [[Double]]?
  private let loss: Double
  private let gradient: [[Double]]

  private enum CodingKeys: CodingKey {
    case maker, smoothing, outputs, targets, loss, gradient
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    maker = try container.decode(String.self, forKey: .maker)
    smoothing = try container.decodeIfPresent(Double.self, forKey: .smoothing) ?? 0
    outputs = try container.decode([[Double]].self, forKey: .outputs)
    labels = try? container.decode([Int32].self, forKey: .targets)
    values = labels == nil ? try container.decode([[Double]].self, forKey: .targets) : nil
    loss = try container.decode(Double.self, forKey: .loss)
    gradient = try container.decode([[Double]].self, forKey: .gradient)
  }

  /// The larger of the differences of the loss and of an element of its gradient.
  ///
  /// Out of the unit matrix a layer without bias makes its weights: these are the stored outputs, and their gradient is
  /// that of the outputs, with nothing rounded on the way.
  public func difference<S: Scalar>(_ kind: any Loss, as scalar: S.Type) throws -> Double {
    let (rows, columns) = (outputs.count, outputs[0].count)
    let unit = (0..<rows * rows).map { Float($0 / rows == $0 % rows ? 1 : 0) }
    let targets: Targets
    if let labels {
      targets = .classes(labels: labels, names: (0..<columns).map { "\($0)" })
    } else {
      let numbers = (values ?? []).flatMap { $0 }
      guard numbers.allSatisfy({ Double(Float($0)) == $0 }) else {
        throw UnfitReference(description: "data sets hold targets in single precision, and these are not of it")
      }
      targets = .values(try Matrix(rows: rows, columns: columns, numbers.map { Float($0) }))
    }
    let data = try Dataset(name: "unit", features: Matrix(rows: rows, columns: rows, unit), targets: targets)
    let network = try Network<S>(Sequential(inputShape: [rows]) { Dense(columns) }, seed: 1, context: .test(S.self))
    network.setValues(of: network.slots[0], outputs.flatMap { $0 }.map { S($0) })
    let step = try TrainingStep(
      network, on: data, loss: kind, optimizer: SGD(learningRate: 1), capacity: rows,
      regularisation: Regularisation(labelSmoothing: smoothing), team: ThreadTeam(threads: 1))
    let result = (0..<Int32(rows)).map { $0 }.withUnsafeBufferPointer { step.computeGradient($0) }
    let found = network.values(of: network.slots[0], in: step.gradient.elements)
    return max(
      abs(result.mean - loss) / max(1, loss), largestError(found.map { Double($0) }, gradient.flatMap { $0 }))
  }
}
