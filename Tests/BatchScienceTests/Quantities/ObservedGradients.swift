import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport

@testable import BatchTraining

/// Updates of a small network whose examples' gradients are each computed by a backward pass of its own, as quantities
/// see them: the naive twin of what the step counts on the way.
final class ObservedGradients<S: Scalar> {
  let step: TrainingStep<S>
  let data: Dataset
  var optimizer: any Optimizer
  var examplesPerEpoch = 1_000_000
  /// The gradients of the last update's examples, in the layout of the parameters.
  private(set) var gradients: [[S]] = []
  private var loss = LossResult(total: 0, correct: nil, examples: 0)

  init(optimizer: any Optimizer, examples: Int = 64, _: S.Type = S.self) throws {
    var stream = RandomStream(seed: 7, name: "points")
    data = try Dataset(
      name: "points",
      features: Matrix(rows: examples, columns: 4, (0..<4 * examples).map { _ in Float(stream.normal()) }),
      targets: .classes(labels: (0..<examples).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
    let model = Sequential(inputShape: [4]) {
      Dense(6, .tanh)
      Dense(3)
    }
    self.optimizer = optimizer
    step = try TrainingStep(
      Network<S>(model, seed: 2, context: .test(S.self, threads: 1)), on: data, loss: .softmaxCrossEntropy,
      optimizer: optimizer, capacity: examples, team: ThreadTeam(threads: 1))
  }

  /// The mean of the examples' gradients.
  var mean: [S] {
    (0..<step.gradient.count).map { index in gradients.reduce(0) { $0 + $1[index] } / S(gradients.count) }
  }

  /// Computes the gradients of some examples.
  func compute(_ examples: [Int]) {
    gradients = examples.map { example in
      [Int32(example)].withUnsafeBufferPointer { _ = step.computeGradient($0) }
      return Array(step.gradient.elements)
    }
    loss = examples.map { Int32($0) }.withUnsafeBufferPointer { step.computeGradient($0) }
  }

  /// Makes all gradients 0, and the loss.
  func clear() {
    for example in gradients.indices { gradients[example] = gradients[example].map { _ in 0 } }
    loss.total = 0
  }

  /// The moments of a node's gradients.
  func moments(ofNode node: Int) -> GradientMoments {
    let indices = step.network.slots(ofNode: node).flatMap { $0.offset..<$0.offset + $0.storedCount }
    func square(_ gradient: [S]) -> Double { indices.reduce(0) { $0 + Double(gradient[$1] * gradient[$1]) } }
    return GradientMoments(
      examples: gradients.count, exampleSquares: gradients.reduce(0) { $0 + square($1) }, meanSquare: square(mean))
  }

  /// Shows the last computed gradients to a quantity as update number `update`.
  func show<Quantity: StepQuantity>(
    _ quantity: inout Quantity, update: Int, microBatches: [MicroBatchSquare] = [], seesGradient: Bool = true,
    initialParameters: [S]? = nil
  ) {
    let mean = mean
    let initial = initialParameters.flatMap { values -> AlignedBuffer<S>? in
      let buffer = try? AlignedBuffer<S>(count: values.count)
      _ = buffer?.elements.update(fromContentsOf: values)
      return buffer
    }
    let products = gradients.map { gradient in zip(gradient, mean).reduce(0) { $0 + Double($1.0 * $1.1) } }
    let squares = mean.indices.map { index in
      gradients.reduce(0) { $0 + $1[index] * $1[index] } / S(gradients.count)
    }
    let norms = gradients.map { $0.reduce(0) { $0 + Double($1 * $1) } }
    let layers = step.network.trainedNodes.map(moments)
    mean.withUnsafeBufferPointer { mean in
      products.withUnsafeBufferPointer { products in
        squares.withUnsafeBufferPointer { squares in
          norms.withUnsafeBufferPointer { norms in
            layers.withUnsafeBufferPointer { layers in
              microBatches.withUnsafeBufferPointer { microBatches in
                quantity.observe(
                  StepResult(
                    loss: loss, update: update,
                    position: TrainingPosition(
                      examples: 0, examplesPerEpoch: examplesPerEpoch, totalExamples: examplesPerEpoch),
                    learningRate: optimizer.learningRate, gradient: seesGradient ? mean : nil, exampleNorms: norms,
                    layerMoments: layers, microBatches: microBatches, innerProducts: products, elementSquares: squares,
                    optimizer: optimizer,
                    state: optimizer.stateNames.map { UnsafeBufferPointer(step.stateVector($0)) },
                    initialParameters: initial.map { UnsafeBufferPointer($0.elements) }, network: step.network))
              }
            }
          }
        }
      }
    }
  }

  /// Updates the parameters by the last computed gradients.
  func update() { step.update() }
}
