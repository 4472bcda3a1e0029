import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

/// A batch in micro-batches gives the update of one large batch.
@Suite struct AccumulationTests {
  private func data() throws -> Dataset {
    var stream = RandomStream(seed: 5, name: "test")
    let features = (0..<900 * 30).map { _ in Float(stream.normal()) }
    let labels = (0..<900).map { Int32(features[$0 * 30] > 0 ? 1 : features[$0 * 30 + 1] > 0.5 ? 2 : 0) }
    return try Dataset(
      name: "test", features: Matrix(rows: 900, columns: 30, features), exampleShape: [30],
      targets: .classes(labels: labels, names: ["a", "b", "c"]))
  }

  /// Smooth, since a ReLU whose input is 0 up to rounding has a gradient or has none, and Adam makes a whole step of
  /// that.
  private static let model = Sequential(inputShape: [30]) {
    Dense(70, .gelu)
    Dense(33, .tanh)
    Dense(3)
  }

  /// The size of a micro-batch that cuts a batch in so many parts.
  private static func size(of batch: Int, in parts: Int) -> Int { (batch + parts - 1) / parts }

  private func step<S: Scalar>(
    _ optimizer: any Optimizer, capacity: Int, microBatch: Int? = nil, model: Sequential = Self.model,
    engine: GEMMEngine = .kernels, regularisation: Regularisation = .none
  ) throws -> TrainingStep<S> {
    try TrainingStep(
      Network<S>(model, seed: 3, context: .test(S.self, engine: engine)), on: data(), loss: .softmaxCrossEntropy,
      optimizer: optimizer,
      capacity: capacity, microBatch: microBatch, regularisation: regularisation, seed: 11,
      team: ThreadTeam(threads: 2))
  }

  private func train<S: Scalar>(_ step: TrainingStep<S>, batches: [Int], updates: Int = 100) -> [LossResult] {
    var first = 0
    return (0..<updates).map { update in
      let batch = batches[update % batches.count]
      let indices = (0..<batch).map { Int32((first + $0) % 900) }
      first += batch
      return indices.withUnsafeBufferPointer { step($0) }
    }
  }

  private func parameters<S: Scalar>(_ step: TrainingStep<S>) -> [Double] {
    step.network.slots.flatMap { step.network.values(of: $0).map { Double($0) } }
  }

  private func check<S: Scalar>(
    _ optimizer: any Optimizer, _ microBatches: Int, batches: [Int], engine: GEMMEngine, _: S.Type, tolerance: Double
  ) throws {
    let capacity = batches.max() ?? 1
    let whole: TrainingStep<S> = try step(optimizer, capacity: capacity, engine: engine)
    let cut: TrainingStep<S> = try step(
      optimizer, capacity: capacity, microBatch: Self.size(of: capacity, in: microBatches), engine: engine)
    #expect(cut.microBatch == Self.size(of: capacity, in: microBatches) && cut.capacity == capacity)
    let name = optimizer.description
    let expected = train(whole, batches: batches)
    let found = train(cut, batches: batches)
    #expect(largestError(parameters(cut), parameters(whole)) < tolerance, "\(name)")
    #expect(largestError(found.map(\.mean), expected.map(\.mean)) < tolerance)
    #expect(found.map(\.examples) == expected.map(\.examples))
    // Rounding may turn a prediction that is a tie, and hardly ever does.
    let differing = zip(found, expected).count { $0.correct != $1.correct }
    #expect(differing <= (S.self == Double.self ? 0 : 2), "\(differing) of 100 counts differ")
    #expect(whole.updates == 100 && cut.updates == 100)
  }

  /// A batch that the number of micro-batches does not divide, and shorter ones after it, down to a single example.
  @Test(arguments: [2, 3, 7], GEMMEngine.allCases)
  func equalsOneLargeBatch(_ microBatches: Int, _ engine: GEMMEngine) throws {
    for optimizer: any Optimizer in [try SGD(learningRate: 0.02, momentum: 0.9), try Adam(learningRate: 0.002)] {
      for batches in [[64], [100, 100, 37, 100, 1]] {
        try check(optimizer, microBatches, batches: batches, engine: engine, Double.self, tolerance: 1e-12)
        try check(optimizer, microBatches, batches: batches, engine: engine, Float.self, tolerance: 1e-5)
      }
    }
  }

  /// Sizes that do not divide the batch, whose last micro-batch is short: it weighs as many examples as it has.
  @Test(arguments: [1, 16, 37, 64, 99, 100, 1000])
  func theMicroBatchIsTheOneAskedFor(_ size: Int) throws {
    let optimizer = try SGD(learningRate: 0.02, momentum: 0.9)
    let whole: TrainingStep<Double> = try step(optimizer, capacity: 100)
    let cut: TrainingStep<Double> = try step(optimizer, capacity: 100, microBatch: size)
    #expect(cut.microBatch == min(size, 100) && cut.capacity == 100)
    let expected = train(whole, batches: [100, 64, 37])
    #expect(largestError(train(cut, batches: [100, 64, 37]).map(\.mean), expected.map(\.mean)) < 1e-12)
    #expect(largestError(parameters(cut), parameters(whole)) < 1e-12)
  }

  /// What fits in one micro-batch goes the same way as without any, to the bit.
  @Test func aSingleMicroBatchCostsNothing() throws {
    let optimizer = try Adam(learningRate: 0.01)
    let plain: TrainingStep<Float> = try step(optimizer, capacity: 32)
    let cut: TrainingStep<Float> = try step(optimizer, capacity: 96, microBatch: 32)
    #expect(cut.microBatch == 32)
    #expect(train(plain, batches: [32, 7]) == train(cut, batches: [32, 7]))
    #expect(parameters(plain) == parameters(cut))
    // The update is done while the gradient is computed, and the gradient not written out.
    #expect(cut.gradient.elements.elementsEqual(plain.gradient.elements))
  }

  @Test func masksAreThoseOfOneLargeBatch() throws {
    let model = Sequential(inputShape: [30]) {
      Dropout(0.2)
      Dense(70, .relu)
      Dropout(0.5)
      Dense(3)
    }
    let optimizer = try SGD(learningRate: 0.05, momentum: 0.9)
    let regularisation = try Regularisation(clipping: .norm(0.5), labelSmoothing: 0.1)
    for microBatches in [2, 3, 7] {
      let whole: TrainingStep<Double> = try step(
        optimizer, capacity: 100, model: model, regularisation: regularisation)
      let cut: TrainingStep<Double> = try step(
        optimizer, capacity: 100, microBatch: Self.size(of: 100, in: microBatches), model: model,
        regularisation: regularisation)
      let expected = train(whole, batches: [100, 64])
      #expect(largestError(train(cut, batches: [100, 64]).map(\.mean), expected.map(\.mean)) < 1e-12)
      #expect(largestError(parameters(cut), parameters(whole)) < 1e-12)
    }
  }

  /// A layer that takes the batch's mean away, as normalisation does.
  private struct Centring: Layer {
    var description: String { "centring" }
    func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan {
      var plan = LayerPlan(output: input)
      plan.couplesExamples = true
      return plan
    }
    func forward<S: Scalar>(_ pass: LayerPass<S>) { centre(pass.input, into: pass.output) }
    func backward<S: Scalar>(_ pass: LayerPass<S>) {
      if let dy = pass.outputGradient, let dx = pass.inputGradient { centre(dy.readOnly, into: dx) }
    }
    private func centre<S: Scalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>) {
      for j in 0..<x.columns {
        let mean = (0..<x.rows).reduce(S(0)) { $0 + x[$1, j] } / S(x.rows)
        for i in 0..<x.rows { y[i, j] = x[i, j] - mean }
      }
    }
  }

  @Test func aLayerThatBreaksTheEqualityIsReportedByName() throws {
    let model = Sequential(inputShape: [30]) {
      Dense(16, .relu)
      Centring()
      Dense(3)
    }
    let optimizer = try SGD(learningRate: 0.05)
    let whole: TrainingStep<Double> = try step(optimizer, capacity: 64, model: model)
    let cut: TrainingStep<Double> = try step(optimizer, capacity: 64, microBatch: 32, model: model)
    let fine: TrainingStep<Double> = try step(optimizer, capacity: 64, microBatch: 32)
    #expect(whole.accumulationWarnings.isEmpty && fine.accumulationWarnings.isEmpty)
    #expect(cut.accumulationWarnings.map(\.name) == ["layers.1"])
    #expect(
      cut.accumulationWarnings.map(\.description) == [
        "layers.1 (centring) couples the examples of a batch: in micro-batches it sees fewer of them, "
          + "and the update is not that of one large batch"
      ])
    // And it does.
    _ = train(whole, batches: [64], updates: 5)
    _ = train(cut, batches: [64], updates: 5)
    #expect(largestError(parameters(cut), parameters(whole)) > 1e-4)
  }
}
