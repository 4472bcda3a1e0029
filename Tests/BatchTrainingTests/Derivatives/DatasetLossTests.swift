import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@Suite struct DatasetLossTests {
  @Test(arguments: NamedLoss.known)
  func agreesWithTheEvaluatorAndTheStep(_ loss: any Loss) throws {
    let task = try DerivativeTask(.gelu, loss)
    let network = try task.network(Double.self)
    let team = try ThreadTeam(threads: network.context.threads)
    let function = try task.function(Double.self, microBatch: 6)
    let v = try function.direction()
    let (value, gradient) = try function.gradient(moved: 0, along: v)

    let evaluation = try Evaluator(network, on: task.data, loss: loss, team: team).evaluate()
    #expect(abs(value - evaluation.mean) < 1e-14)
    #expect(abs(try function.value(at: function.point) - evaluation.mean) < 1e-14)

    let step = try TrainingStep(
      network, on: task.data, loss: loss, optimizer: SGD(learningRate: 0.1), capacity: task.data.count, team: team)
    _ = Array(0..<Int32(task.data.count)).withUnsafeBufferPointer { step.computeGradient($0) }
    #expect(try relativeDistance(gradient, Array(step.gradient.elements)) < 1e-13)
  }

  /// A value that several nodes read has the sum of their gradients.
  @Test func sumsGradientsOfResidualParts() throws {
    let task = try DerivativeTask(.meanSquaredError) { outputs in
      Sequential(inputShape: [9]) {
        Dense(6, .tanh)
        Residual {
          Dense(6, .sigmoid)
          Residual { Dense(6, .gelu) }
        }
        Dense(outputs)
      }
    }
    let function = try task.function(Double.self, microBatch: 10)
    let v = try function.direction()
    let step = 1e-5
    let difference =
      (try function.gradient(moved: step, along: v).value - function.gradient(moved: -step, along: v).value)
      / (2 * step)
    let slope = try dot(Array(v.elements), function.gradient(moved: 0, along: v).gradient)
    #expect(abs(slope - difference) < 1e-9)
  }

  @Test func takesSomeOfTheExamples() throws {
    let task = try DerivativeTask(.relu, .softmaxCrossEntropy)
    let examples: [Int32] = [3, 3, 20]
    let some = try task.function(Double.self, examples: examples)
    let subset = try DatasetLoss(
      task.network(Double.self), on: task.data.subset(examples), loss: task.loss, team: ThreadTeam(threads: 1))
    #expect(some.exampleCount == 3)
    #expect(abs(try some.value(at: some.point) - subset.value(at: subset.point)) < 1e-14)
  }

  /// Training goes on while the function stays where it was made.
  @Test func keepsThePointAndLeavesTheNetworkAlone() throws {
    let task = try DerivativeTask(.tanh, .softmaxCrossEntropy)
    let network = try task.network(Double.self)
    let before = Array(network.parameters.elements)
    let function = try DatasetLoss(
      network, on: task.data, loss: task.loss, team: ThreadTeam(threads: 1))
    _ = try function.gradient(moved: 0.5, along: try function.direction())
    #expect(Array(network.parameters.elements) == before)
    network.parameters.elements.update(repeating: 0)
    #expect(Array(function.parameters.elements) == before)
  }

  // MARK: What is refused

  @Test func refusesALayerWithoutTangentsByName() throws {
    let model = Sequential(inputShape: [4, 4, 1]) {
      PlainConvolution(2)
      PlainPooling()
      Dense(2)
    }
    let data = try Dataset(
      name: "pictures", features: Matrix(rows: 2, columns: 16, (0..<32).map { Float($0 % 5) }),
      exampleShape: [4, 4, 1], targets: .classes(labels: [0, 1], names: ["a", "b"]))
    let function = try DatasetLoss(
      Network<Double>(model, seed: 1, context: .test(Double.self)), on: data, loss: .softmaxCrossEntropy,
      team: ThreadTeam(threads: 2))
    // Loss and gradient are to be had of every layer.
    let v = try function.direction()
    let step = 1e-6
    let (value, gradient) = try function.gradient(moved: 0, along: v)
    let above = try function.gradient(moved: step, along: v).value
    #expect(abs((above - value) / step - (try dot(Array(v.elements), gradient))) < 1e-4)
    for product in [function.hessian, function.gaussNewton] {
      let error = thrownError { try product(v) } as? CurvatureError
      #expect(error == .layerWithoutTangents(name: "layers.0", layer: "plain convolution 2"))
      #expect(
        error?.description
          == "layers.0 (plain convolution 2) gives no tangents, of which products with the Hessian are "
          + "made; let the layer conform to TangentLayer, or take what the loss and its gradient alone tell")
    }
  }

  @Test func refusesTheGradientOfALayerThatCouplesExamples() throws {
    let function = try DerivativeTask(.softmaxCrossEntropy) { outputs in
      Sequential(inputShape: [9]) {
        PlainBatchNorm()
        Dense(outputs)
      }
    }.function(Double.self)
    #expect(try function.value(at: function.point).isFinite)
    let v = try function.direction()
    let error = thrownError { try function.gradient(moved: 0, along: v) } as? CurvatureError
    #expect(error?.description.hasPrefix("layers.0 (plain batch norm) couples the examples of a batch") == true)
  }

  @Test func refusesALossWithoutTangentsByName() throws {
    let function = try DerivativeTask(.tanh, AbsoluteError()).function(Double.self)
    let v = try function.direction()
    let error = thrownError { try function.hessian(v) } as? CurvatureError
    #expect(error == .lossWithoutTangents(name: "absolute-error"))
  }

  @Test func refusesWhatDoesNotFit() throws {
    let task = try DerivativeTask(.tanh, .softmaxCrossEntropy)
    let network = try task.network(Double.self)
    let team = try ThreadTeam(threads: 1)
    func error(
      _ loss: any Loss = .softmaxCrossEntropy, examples: [Int32]? = nil, smoothing: Double = 0, microBatch: Int = 8
    ) -> CurvatureError? {
      thrownError { () throws(CurvatureError) in
        try DatasetLoss(
          network, on: task.data, examples: examples, loss: loss, labelSmoothing: smoothing, microBatch: microBatch,
          team: team)
      }
    }
    #expect(error(examples: []) == .examples("there are no examples to take a mean loss of"))
    #expect(error(examples: [2, 23]) == .examples("task has no example 23: it has 23"))
    #expect(error(examples: [-1]) == .examples("task has no example -1: it has 23"))
    #expect(error(microBatch: 0) == .setting("a micro-batch has at least 1 example, not 0"))
    #expect(error(smoothing: 1)?.description.contains("label smoothing must be at least 0 and below 1") == true)
    #expect(error(.meanSquaredError, smoothing: 0.1)?.description.contains("no labels to smooth") == true)

    let function = try task.function(Double.self)
    let short = try AlignedBuffer<Double>(count: 3)
    let direction = thrownError { try function.hessian(short) } as? CurvatureError
    #expect(direction == .length(what: "the direction", found: 3, expected: function.parameters.count))
    let point = thrownError { () throws(CurvatureError) in
      try function.value(at: UnsafeBufferPointer(short.elements))
    }
    #expect(point == .length(what: "the point", found: 3, expected: function.parameters.count))
  }

  /// Parameters that are no numbers give a loss that is none.
  @Test func letsNaNThrough() throws {
    let function = try DerivativeTask(.tanh, .softmaxCrossEntropy).function(Double.self)
    function.parameters.baseAddress[0] = .nan
    #expect(try function.value(at: function.point).isNaN)
    #expect(try function.hessian(function.direction()).contains { $0.isNaN })
  }
}

/// A loss of one's own that gives no second derivative.
private struct AbsoluteError: Loss {
  var name: String { "absolute-error" }
  var readsClasses: Bool { false }

  func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums {
    guard let values = pass.values else { return LossSums(total: 0) }
    var total = 0.0
    for i in 0..<pass.outputs.rows {
      for j in 0..<pass.outputs.columns {
        let difference = pass.outputs[i, j] - values[i, j]
        total += Double(abs(difference))
        pass.gradient?[i, j] = difference < 0 ? -pass.scale : pass.scale
      }
    }
    return LossSums(total: total)
  }
}
