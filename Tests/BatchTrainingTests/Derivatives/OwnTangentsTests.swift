import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

/// Tangents of layers and losses that are not the package's.
@Suite struct OwnTangentsTests {
  private func requireDerivative(_ loss: any Loss, _ model: (_ outputs: Int) -> Sequential) throws {
    let function = try DerivativeTask(loss, model: model).function(Double.self, microBatch: 8)
    let v = try function.direction()
    let step = 1e-5
    let above = try function.gradient(moved: step, along: v).gradient
    let below = try function.gradient(moved: -step, along: v).gradient
    let expected = zip(above, below).map { ($0 - $1) / (2 * step) }
    #expect(try relativeDistance(function.hessian(v), expected) < 1e-6)
  }

  @Test func takeALayerAndALossOfOnesOwn() throws {
    try requireDerivative(Huber()) { outputs in
      Sequential(inputShape: [9]) {
        Gain()
        Dense(12, .tanh)
        Residual {
          Gain()
          Dense(12, .gelu)
          Gain()
        }
        Dense(outputs)
        Gain()
      }
    }
  }

  /// What lies between the channels of positions stays zero in tangents, too, also where f(0) or f′(0) is not.
  @Test(arguments: Activation.allCases)
  func leaveGapsBetweenPositionsAlone(_ activation: Activation) throws {
    try requireDerivative(.softmaxCrossEntropy) { outputs in
      Sequential(inputShape: [9]) {
        Dense(12, .tanh)
        Regrouped(positions: 4, gap: 2)
        activation
        Residual {
          Dropout(0.5)
          activation
        }
        Regrouped(positions: 4, gap: 0)
        Dense(outputs)
      }
    }
  }
}

/// y = s ⊙ x; ds = Σ dy ⊙ x over the batch, dx = dy ⊙ s.
private struct Gain: Layer {
  var description: String { "gain" }

  func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    guard input.isContiguous else { throw .invalidLayer("a gain takes features without gaps, not \(input)") }
    var plan = LayerPlan(
      output: input,
      parameters: [Parameter(name: "gain", shape: [input.count], initialisation: .ones, fanIn: 1, fanOut: 1)],
      operations: .init(forward: input.count, backwardData: input.count, backwardWeights: 2 * input.count))
    plan.backwardReads = .input
    return plan
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let gain = pass.parameter(0)
    for i in 0..<pass.batch {
      let (x, y) = (pass.input.row(i), pass.output.row(i))
      for j in 0..<pass.inputShape.count { y[j] = gain[j] * x[j] }
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient else { return }
    let (gain, slope, count) = (pass.parameter(0), pass.parameterGradient(0), pass.inputShape.count)
    slope.update(repeating: 0, count: count)
    for i in 0..<pass.batch {
      let (x, dyRow) = (pass.input.row(i), dy.row(i))
      for j in 0..<count { slope[j] += dyRow[j] * x[j] }
      guard let dx = pass.inputGradient?.row(i) else { continue }
      for j in 0..<count { dx[j] = gain[j] * dyRow[j] }
    }
    pass.phases?.end(.backwardWeights)
  }
}

/// Huber's loss, averaged over the outputs: ½e² up to a distance of 1, |e| − ½ beyond.
private struct Huber: Loss {
  var name: String { "huber" }
  var readsClasses: Bool { false }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums {
    guard let values = pass.values else { return LossSums(total: .nan) }
    let share = 1 / S(pass.outputs.columns)
    var total = 0.0
    for i in 0..<pass.outputs.rows {
      let (y, t) = (pass.outputs.row(i), values.row(i))
      for j in 0..<pass.outputs.columns {
        let error = y[j] - t[j]
        let slope = min(max(error, -1), 1)
        total += Double(share * slope * (error - slope / 2))
        pass.gradient?.row(i)[j] = pass.scale * share * slope
      }
    }
    return LossSums(total: total)
  }
}

/// Along a direction u of s: Ry = u ⊙ x + s ⊙ Rx; Rds = Σ (Rdy ⊙ x + dy ⊙ Rx), dx = dy ⊙ s, Rdx = Rdy ⊙ s + dy ⊙ u.
extension Gain: TangentLayer {
  @specialized(where S == Float)
  @specialized(where S == Double)
  func tangentForward<S: Scalar>(_ pass: TangentPass<S>) {
    let (gain, direction) = (pass.values.parameter(0), pass.parameterDirection(0))
    for i in 0..<pass.batch {
      let (x, tangent, result) = (pass.values.input.row(i), pass.inputTangent?.row(i), pass.outputTangent.row(i))
      for j in 0..<pass.values.inputShape.count { result[j] = direction[j] * x[j] + gain[j] * (tangent?[j] ?? 0) }
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func tangentBackward<S: Scalar>(_ pass: TangentPass<S>) {
    guard let dy = pass.values.outputGradient, let dyTangent = pass.outputGradientTangent else { return }
    let (gain, direction, product) = (pass.values.parameter(0), pass.parameterDirection(0), pass.parameterProduct(0))
    let count = pass.values.inputShape.count
    product.update(repeating: 0, count: count)
    for i in 0..<pass.batch {
      let (x, tangent) = (pass.values.input.row(i), pass.inputTangent?.row(i))
      for j in 0..<count { product[j] += dyTangent[i, j] * x[j] + dy[i, j] * (tangent?[j] ?? 0) }
      guard let dx = pass.values.inputGradient, let dxTangent = pass.inputGradientTangent else { continue }
      for j in 0..<count {
        dx[i, j] = gain[j] * dy[i, j]
        dxTangent[i, j] = gain[j] * dyTangent[i, j] + direction[j] * dy[i, j]
      }
    }
  }
}

/// H is 1 over the number of outputs up to a distance of 1, and 0 beyond.
extension Huber: TangentLoss {
  @specialized(where S == Float)
  @specialized(where S == Double)
  func tangentGradient<S: Scalar>(_ pass: LossPass<S>, along tangent: MatrixView<S>) {
    guard let values = pass.values, let gradient = pass.gradient else { return }
    for i in 0..<gradient.rows {
      for j in 0..<gradient.columns {
        let isNear = abs(pass.outputs[i, j] - values[i, j]) <= 1
        gradient[i, j] = isNear ? tangent[i, j] * pass.scale / S(gradient.columns) : 0
      }
    }
  }
}

/// The same features at so many positions, with a gap behind the channels of each.
private struct Regrouped: TangentLayer {
  let positions: Int
  let gap: Int

  var description: String { "regrouped" }

  func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
    let channels = input.count / positions
    return LayerPlan(output: ActivationShape([positions, channels], channelStride: channels + gap))
  }

  func forward<S: Scalar>(_ pass: LayerPass<S>) {
    copy(pass.input, pass.inputShape, to: pass.output, pass.plan.output)
  }

  func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient, let dx = pass.inputGradient else { return }
    copy(dy.readOnly, pass.plan.output, to: dx, pass.inputShape)
  }

  func tangentForward<S: Scalar>(_ pass: TangentPass<S>) {
    guard let tangent = pass.inputTangent else { return }
    copy(tangent, pass.values.inputShape, to: pass.outputTangent, pass.values.plan.output)
  }

  func tangentBackward<S: Scalar>(_ pass: TangentPass<S>) {
    backward(pass.values)
    guard let dy = pass.outputGradientTangent, let dx = pass.inputGradientTangent else { return }
    copy(dy.readOnly, pass.values.plan.output, to: dx, pass.values.inputShape)
  }

  private func copy<S: Scalar>(
    _ from: MatrixView<S>, _ source: ActivationShape, to: MutableMatrixView<S>, _ target: ActivationShape
  ) {
    func place(_ feature: Int, _ shape: ActivationShape) -> Int {
      feature / shape.channels * shape.channelStride + feature % shape.channels
    }
    for i in 0..<from.rows {
      // What is in gaps would show in every feature.
      var dirt: S = 0
      for t in 0..<source.positions {
        for c in source.channels..<source.channelStride { dirt += from[i, t * source.channelStride + c] }
      }
      for feature in 0..<source.count { to[i, place(feature, target)] = from[i, place(feature, source)] + dirt }
    }
  }
}
