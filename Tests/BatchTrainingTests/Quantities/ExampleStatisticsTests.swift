import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchTraining

/// What a step tells of the gradients of a batch's examples, against gradients of one example each.
@Suite struct ExampleStatisticsTests {
  /// A layer whose norms come from gradients of single examples, between two that count their own.
  private static let mixed = Sequential(inputShape: [4, 4, 2]) {
    PlainConvolution(3)
    Activation.tanh
    PlainFlatten()
    Residual { Dense(48, .gelu) }
    Dense(3)
  }

  private static func dense(_ activation: Activation) -> Sequential {
    Sequential(inputShape: [32]) {
      Dense(70, activation)
      Residual { Dense(70, activation) }
      Dense(3)
    }
  }

  private static func data(_ count: Int, shape: [Int] = [32]) throws -> Dataset {
    var stream = RandomStream(seed: 5, name: "test")
    return try Dataset(
      name: "test", features: Matrix(rows: count, columns: 32, (0..<count * 32).map { _ in Float(stream.normal()) }),
      exampleShape: shape,
      targets: .classes(labels: (0..<count).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
  }

  /// What the definitions make of gradients of single examples.
  private struct Expected {
    var norms: [Double]
    var products: [Double]
    var squares: [Double]
    var moments: [GradientMoments]
  }

  private static func vector<S: Scalar>(_ step: TrainingStep<S>, _ elements: UnsafeBufferPointer<S>) -> [Double] {
    step.network.slots.flatMap { step.network.values(of: $0, in: UnsafeMutableBufferPointer(mutating: elements)) }
      .map { Double($0) }
  }

  private static func expected<S: Scalar>(_ step: TrainingStep<S>, _ indices: [Int32]) -> Expected {
    let gradients = indices.map { index in
      _ = [index].withUnsafeBufferPointer { step.computeGradient($0) }
      return vector(step, UnsafeBufferPointer(step.gradient.elements))
    }
    let count = Double(indices.count)
    let mean = gradients[0].indices.map { j in gradients.reduce(0) { $0 + $1[j] } / count }
    func square(_ gradient: [Double], _ range: Range<Int>) -> Double { gradient[range].reduce(0) { $0 + $1 * $1 } }
    var (moments, first) = ([GradientMoments](), 0)
    for node in step.network.trainedNodes {
      let range = first..<first + step.network.slots(ofNode: node).reduce(0) { $0 + $1.count }
      first = range.upperBound
      moments.append(
        GradientMoments(
          examples: indices.count, exampleSquares: gradients.reduce(0) { $0 + square($1, range) },
          meanSquare: square(mean, range)))
    }
    return Expected(
      norms: gradients.map { square($0, 0..<first) },
      products: gradients.map { zip($0, mean).reduce(0) { $0 + $1.0 * $1.1 } },
      squares: mean.indices.map { j in gradients.reduce(0) { $0 + $1[j] * $1[j] } / count }, moments: moments)
  }

  private static func check<S: Scalar>(
    _ model: Sequential, batch: Int, microBatch: Int? = nil, loss: any Loss = .softmaxCrossEntropy,
    engine: GEMMEngine = .underTest, set: InstructionSet = .underTest, fused: Bool, _: S.Type, tolerance: Double
  ) throws {
    let data = try data(batch, shape: model.inputShape)
    let needs: StepNeeds = microBatch == nil ? [.innerProducts, .elementSquares] : [.elementSquares]
    func step() throws -> TrainingStep<S> {
      try TrainingStep(
        Network<S>(
          model, seed: 3,
          context: ComputeContext(instructionSet: set, engine: engine, threads: 2, precision: S.precision)),
        on: data, loss: loss, optimizer: SGD(learningRate: 0.05, momentum: 0.9), capacity: batch,
        microBatch: microBatch, needs: needs, team: ThreadTeam(threads: 2))
    }
    let (step, single) = (try step(), try step())
    let indices = Array(0..<Int32(batch))
    let expected = expected(single, indices)
    _ = indices.withUnsafeBufferPointer {
      fused ? step($0, observing: needs) : step.computeGradient($0, observing: needs)
    }
    func isClose(_ found: [Double], _ wanted: [Double]) -> Bool { largestError(found, wanted) < tolerance }
    #expect(isClose(Array(try #require(step.exampleNorms)), expected.norms))
    #expect(isClose(vector(step, try #require(step.elementSquares)), expected.squares))
    if microBatch == nil { #expect(isClose(Array(try #require(step.innerProducts)), expected.products)) }
    let moments = Array(try #require(step.layerMoments))
    #expect(moments.map(\.examples) == expected.moments.map(\.examples))
    #expect(isClose(moments.map(\.exampleSquares), expected.moments.map(\.exampleSquares)))
    #expect(isClose(moments.map(\.meanSquare), expected.moments.map(\.meanSquare)))
    for (moment, wanted) in zip(moments, expected.moments) where batch > 1 {
      #expect(abs(moment.scatter - wanted.scatter) < 10 * tolerance * wanted.exampleSquares)
    }
  }

  @Test(arguments: [1, 7, 64], GEMMEngine.allCases)
  func sumsAreThoseOfSingleExamples(_ batch: Int, _ engine: GEMMEngine) throws {
    for set in InstructionSet.supported {
      for fused in [true, false] {
        try Self.check(
          Self.dense(.relu), batch: batch, engine: engine, set: set, fused: fused, Float.self, tolerance: 1e-4)
        try Self.check(
          Self.dense(.relu), batch: batch, engine: engine, set: set, fused: fused, Double.self, tolerance: 1e-10)
      }
    }
  }

  @Test(arguments: NamedLoss.known.map(NamedLoss.init), Activation.allCases)
  func anyLossAndActivation(_ loss: NamedLoss, _ activation: Activation) throws {
    try Self.check(
      Self.dense(activation), batch: 7, loss: loss.wrappedValue, fused: true, Double.self, tolerance: 1e-10)
  }

  @Test(arguments: [1, 7, 64], [nil, 3])
  func layersThatDoNotCountTheirOwn(_ batch: Int, _ microBatch: Int?) throws {
    try Self.check(Self.mixed, batch: batch, microBatch: microBatch, fused: true, Double.self, tolerance: 1e-10)
    try Self.check(Self.mixed, batch: batch, microBatch: microBatch, fused: false, Float.self, tolerance: 1e-4)
  }

  /// The gradients of the parts are those of the parts alone.
  @Test func lengthsOfMicroBatchesAreTheirOwn() throws {
    let data = try Self.data(8)
    func step(_ microBatch: Int?) throws -> TrainingStep<Double> {
      try TrainingStep(
        Network<Double>(Self.dense(.tanh), seed: 3), on: data, loss: .softmaxCrossEntropy,
        optimizer: SGD(learningRate: 0.1), capacity: 8, microBatch: microBatch, needs: .microBatchNorms,
        team: ThreadTeam(threads: 2))
    }
    let (whole, cut) = (try step(nil), try step(3))
    let indices = Array(0..<Int32(8))
    _ = indices.withUnsafeBufferPointer { cut.computeGradient($0, observing: .microBatchNorms) }
    let expected = [0..<3, 3..<6, 6..<8].map { part in
      _ = indices[part].withUnsafeBufferPointer { whole.computeGradient($0, observing: .microBatchNorms) }
      #expect(whole.microBatches.isEmpty)
      return MicroBatchSquare(examples: part.count, square: whole.gradientNorm * whole.gradientNorm)
    }
    #expect(cut.microBatches.map(\.examples) == expected.map(\.examples))
    #expect(largestError(cut.microBatches.map(\.square), expected.map(\.square)) < 1e-12)
  }

  /// The same parameters to the last bit: what is told of the examples changes nothing that is computed.
  @Test(arguments: [8, 128, 300])
  func observingChangesNoBit(_ batch: Int) throws {
    let data = try Self.data(batch)
    func parameters(_ needs: StepNeeds) throws -> [Float] {
      let step = try TrainingStep(
        Network<Float>(Self.dense(.relu), seed: 3, context: .test(Float.self)), on: data, loss: .softmaxCrossEntropy,
        optimizer: SGD(learningRate: 0.05, momentum: 0.9), capacity: batch, needs: needs,
        team: ThreadTeam(threads: 2))
      let indices = Array(0..<Int32(batch))
      for _ in 0..<5 { indices.withUnsafeBufferPointer { _ = step($0, observing: needs) } }
      return Array(step.network.parameters.elements)
    }
    let plain = try parameters([])
    #expect(try parameters(.exampleNorms) == plain)
    #expect(try parameters([.innerProducts, .elementSquares]) == plain)
  }

  /// An unbiased |G|² may be negative, and one example has no scatter.
  @Test func momentsGiveScatterAndTrueSquare() {
    let moments = GradientMoments(examples: 4, exampleSquares: 40, meanSquare: 1)
    #expect(moments.scatter == 12 && moments.trueSquare == -2)
    #expect(GradientMoments(examples: 1, exampleSquares: 40, meanSquare: 40).scatter.isNaN)
  }

  @Test func innerProductsWantTheWholeBatch() throws {
    #expect {
      _ = try TrainingStep(
        Network<Float>(Self.dense(.relu), seed: 3), on: Self.data(8), loss: .softmaxCrossEntropy,
        optimizer: SGD(learningRate: 0.1), capacity: 8, microBatch: 4, needs: .innerProducts,
        team: ThreadTeam(threads: 2))
    } throws: {
      "\($0)".hasPrefix("inner products with the mean gradient need the whole batch")
    }
  }
}
