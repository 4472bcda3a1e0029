import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@Suite struct DropoutTests {
  private let place = StepPosition(seed: 3, node: 1, update: 5, firstExample: 0)

  private func probe<S: Scalar>(
    _ rate: Double, width: Int, at place: StepPosition?, threads: Int = 1, _: S.Type = Double.self
  ) throws -> LayerProbe<S> {
    let probe = try LayerProbe<S>(Dropout(rate), inputShape: [width], context: .test(S.self, threads: threads))
    probe.position = place
    return probe
  }

  /// The mask: what a batch of ones becomes.
  private func mask(
    _ rate: Double, batch: Int, width: Int, at place: StepPosition?, threads: Int = 1
  ) throws -> [Double] {
    let ones = [Double](repeating: 1, count: batch * width)
    return try probe(rate, width: width, at: place, threads: threads).run(ones, batch: batch).output
  }

  @Test(arguments: [(1, 1), (1, 65), (7, 17), (8, 64), (33, 130)], [0, 0.3, 0.9])
  func gradientsAreDerivatives(_ shape: (batch: Int, width: Int), _ rate: Double) throws {
    var stream = RandomStream(seed: 7, name: "test")
    func draw(_ count: Int) -> [Double] { (0..<count).map { _ in stream.normal() } }
    let probe: LayerProbe<Double> = try probe(rate, width: shape.width, at: place)
    let input = draw(shape.batch * shape.width)
    let upstream = draw(shape.batch * shape.width)
    let result = try probe.run(input, batch: shape.batch, outputGradient: upstream)
    // Each input has one output: all can be moved at once.
    let moved = try probe.run(input.map { $0 + 1e-3 }, batch: shape.batch).output
    let slopes = zip(moved, result.output).map { ($0 - $1) / 1e-3 }
    #expect(largestError(result.inputGradient, zip(slopes, upstream).map { $0 * $1 }) < 1e-9)
    let mask = try mask(rate, batch: shape.batch, width: shape.width, at: place)
    #expect(largestError(result.output, zip(input, mask).map { $0 * $1 }) < 1e-15)
  }

  @Test func smallGradientsAreDerivativesByFiniteDifferences() throws {
    var stream = RandomStream(seed: 7, name: "test")
    let input = (0..<35).map { _ in stream.normal() }, upstream = (0..<35).map { _ in stream.normal() }
    let probe: LayerProbe<Double> = try probe(0.4, width: 7, at: place)
    let result = try probe.run(input, batch: 5, outputGradient: upstream)
    let expected = try finiteDifferences(at: input) { moved in
      zip(try probe.run(moved, batch: 5).output, upstream).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(largestError(result.inputGradient, expected) < 1e-8)
  }

  @Test(arguments: [0.0, 0.1, 0.5, 0.8])
  func theShareThatGoesOutIsTheRate(_ rate: Double) throws {
    let count = 400 * 250
    let mask = try mask(rate, batch: 400, width: 250, at: place)
    let out = mask.count { $0 == 0 }
    #expect(mask.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - rate)) < 1e-15 })
    // Five standard deviations of a binomial count.
    let deviation = (Double(count) * rate * (1 - rate)).squareRoot()
    #expect(abs(Double(out) - rate * Double(count)) <= 5 * deviation)
  }

  /// Neighbours in a row, in a column, in layers, updates and seeds go out independently of each other.
  @Test func masksAreIndependent() throws {
    let base = try mask(0.5, batch: 300, width: 300, at: place)
    var others: [(String, [Double])] = []
    for (name, change) in [
      ("seed", StepPosition(seed: 4, node: 1, update: 5)), ("layer", StepPosition(seed: 3, node: 2, update: 5)),
      ("update", StepPosition(seed: 3, node: 1, update: 6)),
      ("example", StepPosition(seed: 3, node: 1, update: 5, firstExample: 1)),
      ("far update", StepPosition(seed: 3, node: 1, update: 5 + 1 << 32)),
    ] {
      others.append((name, try mask(0.5, batch: 300, width: 300, at: change)))
    }
    for distance in [1, 4, 16, 64] { others.append(("\(distance) columns", Array(base[distance...]))) }
    for (name, other) in others {
      let count = min(base.count, other.count)
      let alike = zip(base, other).count { ($0 == 0) == ($1 == 0) }
      // Half of them, within five standard deviations.
      #expect(abs(Double(alike) - Double(count) / 2) < 5 * Double(count).squareRoot() / 2, "\(name)")
    }
  }

  /// A mask depends on the place in the update's batch alone, not on how the batch is cut, nor on the threads.
  @Test(arguments: [1, 2, 3])
  func cutsAndThreadsChangeNothing(_ threads: Int) throws {
    let whole = try mask(0.5, batch: 200, width: 130, at: place)
    #expect(try mask(0.5, batch: 200, width: 130, at: place, threads: threads) == whole)
    var parts: [Double] = []
    for (first, count) in [(0, 67), (67, 1), (68, 132)] {
      var place = place
      place.firstExample = first
      parts += try mask(0.5, batch: count, width: 130, at: place, threads: threads)
    }
    #expect(parts == whole)
  }

  @Test func outsideTrainingNothingGoesOut() throws {
    var stream = RandomStream(seed: 7, name: "test")
    let input = (0..<7 * 65).map { _ in Float(stream.normal()) }
    #expect(try probe(0.5, width: 65, at: nil, Float.self).run(input, batch: 7).output == input)
    let data = try Dataset(
      name: "test", features: Matrix(rows: 7, columns: 65, input), exampleShape: [65],
      targets: .classes(labels: [0, 1, 0, 1, 0, 1, 0], names: ["a", "b"]))
    let team = try ThreadTeam(threads: 1)
    let with = try Network<Float>(
      Sequential(inputShape: [65]) {
        Dropout(0.5)
        Dense(2)
      }, seed: 1, context: .test(Float.self))
    let without = try Network<Float>(Sequential(inputShape: [65]) { Dense(2) }, seed: 1, context: .test(Float.self))
    func loss(_ network: Network<Float>) throws -> LossResult {
      try Evaluator(network, on: data, loss: .softmaxCrossEntropy, team: team).evaluate()
    }
    #expect(try loss(with) == loss(without))
  }

  /// Fused or not, called or in two halves: the masks of an update are the same.
  @Test func theStepsOfAnUpdateAgree() throws {
    var stream = RandomStream(seed: 7, name: "test")
    let data = try Dataset(
      name: "test", features: Matrix(rows: 50, columns: 20, (0..<1000).map { _ in Float(stream.normal()) }),
      exampleShape: [20], targets: .classes(labels: (0..<50).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
    let model = Sequential(inputShape: [20]) {
      Dense(64, .relu)
      Dropout(0.5)
      Dense(3)
    }
    func run(fused: Bool, seed: UInt64 = 1) throws -> [Double] {
      let step = try TrainingStep<Double>(
        Network(model, seed: 1, context: .test(Double.self)), on: data, loss: .softmaxCrossEntropy,
        optimizer: SGD(learningRate: 0.1), capacity: 50,
        seed: seed, team: ThreadTeam(threads: 2))
      return (0..<50).map { Int32($0) }.withUnsafeBufferPointer { indices in
        (0..<20).map { _ in
          if fused { return step(indices).mean }
          _ = step.computeGradient(indices)
          let result = step.computeGradient(indices)
          step.update()
          return result.mean
        }
      }
    }
    let fused = try run(fused: true)
    #expect(largestError(try run(fused: false), fused) < 1e-12)
    #expect(try run(fused: true) == fused)
    #expect(try run(fused: true, seed: 2) != fused)
  }

  @Test func exportsAsWhatItIsToATrainedNetwork() throws {
    #expect(Dropout(0.25).pyTorchModules(for: [3]) == [PyTorchModule("Dropout(0.25)")])
    let network = try Network<Float>(
      Sequential(inputShape: [4]) {
        Dense(3, .relu)
        Dropout(0.5)
        Dense(2)
      }, seed: 1, context: .test(Float.self))
    let graph = try ONNXInterpreter(ONNXExport().encode(network)).graph
    #expect(try graph.messages(1).flatMap { $0.strings(4) } == ["Gemm", "Relu", "Gemm", "Identity"])
  }

  @Test(arguments: [-0.1, 1, 1.5, .nan])
  func refusesRatesThatMakeNoSense(_ rate: Double) {
    #expect(throws: ModelError.invalidLayer("a dropout rate must be at least 0 and below 1, not \(rate)")) {
      try Dropout(rate).plan(for: ActivationShape([3]), .test(Float.self))
    }
  }
}
