import Batchwise

// A training run of which every part is brought along: layer, loss, optimizer, schedule, batch source, observed quantity.

/// y = g ⊙ x / (1 + |x|): a soft sign whose height is learned for each feature.
struct ScaledSoftSign: Layer {
  var description: String { "scaled soft sign" }

  func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    guard input.positions == 1 else { throw .invalidLayer("a scaled soft sign takes vectors, not \(input)") }
    let gain = Parameter(name: "gain", shape: [input.count], initialisation: .ones, fanIn: 1, fanOut: 1)
    return LayerPlan(
      output: input, parameters: [gain],
      operations: .init(forward: 3 * input.count, backwardData: 4 * input.count, backwardWeights: 4 * input.count))
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let gain = pass.parameter(0)
    for i in 0..<pass.batch {
      for j in 0..<pass.inputShape.count {
        pass.output[i, j] = gain[j] * pass.input[i, j] / (1 + abs(pass.input[i, j]))
      }
    }
  }

  /// ∂y/∂x = g / (1 + |x|)², ∂y/∂g = x / (1 + |x|).
  @specialized(where S == Float)
  @specialized(where S == Double)
  func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient else { return }
    let (gain, dg) = (pass.parameter(0), pass.parameterGradient(0))
    for j in 0..<pass.inputShape.count { dg[j] = 0 }
    for i in 0..<pass.batch {
      for j in 0..<pass.inputShape.count {
        let below = 1 + abs(pass.input[i, j])
        dg[j] += dy[i, j] * pass.input[i, j] / below
        pass.inputGradient?[i, j] = dy[i, j] * gain[j] / (below * below)
      }
    }
  }
}

/// Σ √(1 + (y − t)²) − 1 over the outputs: squares near the target, absolute values far from it.
struct PseudoHuber: Loss {
  var name: String { "pseudo-huber" }
  var readsClasses: Bool { false }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums {
    guard let targets = pass.values else { fatalError("a pseudo-Huber loss needs target values") }
    var total = 0.0
    for i in 0..<pass.outputs.rows {
      for j in 0..<pass.outputs.columns {
        let distance = pass.outputs[i, j] - targets[i, j]
        let root = (1 + distance * distance).squareRoot()
        total += Double(root - 1)
        pass.gradient?[i, j] = pass.scale * distance / root
      }
    }
    return LossSums(total: total)
  }
}

/// w ← w − η·sign(0.9 m + 0.1 g), m ← 0.99 m + 0.01 g (Chen and others 2023, "Lion").
struct Lion: Optimizer {
  var learningRate: Double
  var stateNames: [String] { ["momentum"] }
  var description: String { "Lion, rate \(learningRate)" }

  func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .custom }
  func update<S: Scalar>(_ piece: UpdatePiece<S>) {
    let rate = S(piece.learningRate)
    let (w, g, m) = (piece.parameters, piece.gradient, piece.state(0))
    for i in w.indices {
      let direction = 0.9 * m[i] + 0.1 * g[i]
      w[i] -= direction > 0 ? rate : direction < 0 ? -rate : 0
      m[i] = 0.99 * m[i] + 0.01 * g[i]
    }
  }
}

/// The rate falls as 1 / (1 + 9s) with the share s of the training.
struct Hyperbola: LearningRateSchedule {
  var description: String { "hyperbola" }
  func factor(at position: TrainingPosition) -> Double { 1 / (1 + 9 * position.share) }
}

/// Points of the square −2 … 2 and whether they lie in a ring, drawn when they are asked for and never stored.
struct RingStream: BatchSource {
  let seed: UInt64
  let exampleCount: Int
  var format: ExampleFormat { ExampleFormat(shape: [2], targets: .classes(["outside", "in the ring"])) }

  func point(_ place: Int, ofEpoch epoch: Int) -> (x: Double, y: Double, label: Int32) {
    var stream = RandomStream(seed: seed, name: "ring", index: UInt64(epoch * exampleCount + place))
    let (x, y) = (4 * stream.uniform() - 2, 4 * stream.uniform() - 2)
    return (x, y, (0.64..<2.56).contains(x * x + y * y) ? 1 : 0)
  }

  func load<S: Scalar>(_ places: Range<Int>, ofEpoch epoch: Int, into buffers: BatchBuffers<S>, team: ThreadTeam) {
    for (row, place) in places.enumerated() {
      let (x, y, label) = point(place, ofEpoch: epoch)
      (buffers.features[row, 0], buffers.features[row, 1]) = (S(x), S(y))
      buffers.labels[row] = label
    }
  }
}

/// The mean over the updates of the gradient's length.
final class MeanGradientLength: StepQuantity {
  private(set) var mean = 0.0
  let needs: StepNeeds = .gradient
  func observe<S: Scalar>(_ result: StepResult<S>) {
    if let gradient = result.gradient { mean += (Double(norm(gradient)) - mean) / Double(result.update) }
  }
}

@main
struct OwnParts {
  static func main() throws {
    try BLASLibrary.prepare()
    let source = RingStream(seed: 1, exampleCount: 4000)
    // An epoch that training never comes to is what the network is judged by.
    let points = (0..<2000).map { source.point($0, ofEpoch: 99) }
    let heldOut = try Dataset(
      name: "ring", features: Matrix(rows: 2000, columns: 2, points.flatMap { [Float($0.x), Float($0.y)] }),
      targets: .classes(labels: points.map(\.label), names: ["outside", "in the ring"]))
    let model = Sequential(inputShape: [2]) {
      Dense(48)
      ScaledSoftSign()
      Dense(2)
    }
    let team = try ThreadTeam(threads: 2)
    let network = try Network<Float>(model, seed: 1, context: ComputeContext(for: Float.self, threads: 2))
    let length = MeanGradientLength()
    let step = try TrainingStep(
      network, on: source.format, loss: PseudoHuber(), optimizer: Lion(learningRate: 0.01), capacity: 32, team: team)
    let trainer = try Trainer(
      step: step, source: source, seen: heldOut, validation: heldOut,
      plan: TrainingPlan(batchSize: 32, epochs: 12, seed: 1, schedule: Hyperbola()), quantities: [length])
    let outcome = try trainer.run()
    let accuracy = try Evaluator(network, on: heldOut, loss: step.loss, team: team).evaluate().accuracy ?? 0
    print("\(outcome): accuracy \(accuracy), mean length of the gradient \(length.mean)")
    guard outcome == .finished, accuracy > 0.93, length.mean > 0 else { fatalError("the ring has not been learned") }
  }
}
