import BatchAlgebra
import BatchData
import BatchFoundation
import BatchScience
import BatchTestSupport
import BatchTraining
import Testing

@Suite struct ExactNoiseScaleTests {
  private static func data(_ count: Int, name: String = "points") throws -> Dataset {
    var stream = RandomStream(seed: 6, name: "points")
    return try Dataset(
      name: name, features: Matrix(rows: count, columns: 5, (0..<5 * count).map { _ in Float(stream.normal()) }),
      targets: .classes(labels: (0..<count).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
  }

  private static func step<S: Scalar>(
    _ data: Dataset, capacity: Int, needs: StepNeeds = .exampleNorms, _: S.Type
  ) throws -> TrainingStep<S> {
    let model = Sequential(inputShape: [5]) {
      Dense(7, .tanh)
      Dense(3)
    }
    return try TrainingStep(
      Network<S>(model, seed: 2, context: .test(S.self, threads: 1)), on: data, loss: .softmaxCrossEntropy,
      optimizer: SGD(learningRate: 0.1), capacity: capacity, needs: needs, team: ThreadTeam(threads: 1))
  }

  /// The gradient of some examples, as a vector of numbers.
  private static func gradient(_ step: TrainingStep<Double>, _ examples: [Int]) -> [Double] {
    examples.map { Int32($0) }.withUnsafeBufferPointer { _ = step.computeGradient($0) }
    return Array(step.gradient.elements)
  }

  @Test(arguments: [7, 60]) func isWhatSingleGradientsSay(_ capacity: Int) throws {
    let data = try Self.data(60)
    let exact = try ExactNoiseScale(of: Self.step(data, capacity: capacity, Double.self), over: data)
    let single = try Self.step(data, capacity: 1, Double.self)
    let gradients = (0..<60).map { Self.gradient(single, [$0]) }
    let trueSquare = gradients.meanVector.square
    let scatter = gradients.reduce(0) { $0 + $1.square } / 60 - trueSquare
    #expect(abs(exact.total.trueSquare / trueSquare - 1) < 1e-12)
    #expect(abs(exact.total.scatter / scatter - 1) < 1e-12)
    #expect(exact.total.examples == 60 && exact.total.noiseScale == exact.total.scatter / exact.total.trueSquare)
    #expect(exact.layers.map(\.name) == ["layers.0", "layers.1"])
    #expect(abs(exact.layers.reduce(0) { $0 + $1.moments.trueSquare } / trueSquare - 1) < 1e-12)
    // In single precision the true gradient is still added up in double.
    let float = try ExactNoiseScale(of: Self.step(data, capacity: capacity, Float.self), over: data)
    #expect(abs(float.total.noiseScale / exact.total.noiseScale - 1) < 1e-4)
  }

  /// The variance of a batch's gradient, over all batches that there are: up to the full set, where it is 0.
  @Test func theVarianceFallsToZeroAtTheFullSet() throws {
    let data = try Self.data(8)
    let step = try Self.step(data, capacity: 8, Double.self)
    let exact = try ExactNoiseScale(of: step, over: data)
    let whole = Self.gradient(step, Array(0..<8))
    for size in 1...8 {
      let batches = (0..<256).map { mask in (0..<8).filter { mask >> $0 & 1 == 1 } }.filter { $0.count == size }
      let squares = batches.map { batch in
        zip(Self.gradient(step, batch), whole).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      #expect(abs(Sample(squares).mean - exact.total.variance(ofBatch: size)) < 1e-12 * exact.total.scatter)
    }
    #expect(exact.total.variance(ofBatch: 1) == exact.total.scatter && exact.total.variance(ofBatch: 8) == 0)
  }

  @Test func refusesAStepThatDoesNotFit() throws {
    let data = try Self.data(8)
    let plain = try Self.step(data, capacity: 4, needs: [], Float.self)
    #expect(
      thrownError { () throws(ExactNoiseScaleError) in try ExactNoiseScale(of: plain, over: data) }?.description
        == "the exact noise scale needs norms of examples' gradients, for which the step is not made; make it with needs: "
        + ".exampleNorms")
    let other = try Dataset(
      name: "others", features: Matrix(rows: 1, columns: 2, [Float(1), 2]),
      targets: .classes(labels: [0], names: ["a", "b", "c"]))
    let step = try Self.step(data, capacity: 4, Float.self)
    #expect(
      thrownError { () throws(ExactNoiseScaleError) in try ExactNoiseScale(of: step, over: other) }?.description
        == "the step is made for examples of another format than others has; give the data set that the step is trained on"
    )
  }
}
