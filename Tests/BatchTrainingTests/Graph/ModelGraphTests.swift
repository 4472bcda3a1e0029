import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import Testing

@testable import BatchTraining

/// What the layer contract must carry beside dense layers, on layers in plain loops.
@Suite struct ModelGraphTests {
  /// A convolution with gaps between positions, pooling that keeps bytes, batch normalisation with running buffers, and
  /// residual parts with and without a layer in the shortcut.
  private static func model(coupled: Bool = true) -> Sequential {
    Sequential(inputShape: [4, 4, 2]) {
      PlainConvolution(3)
      if coupled { PlainBatchNorm() }
      Activation.tanh
      Residual {
        PlainConvolution(3)
        Activation.sigmoid
      }
      PlainPooling()
      PlainFlatten()
      Residual {
        Dense(9, .gelu)
        Dense(5)
      } shortcut: {
        Dense(5, .tanh)
      }
      Residual { Dense(5, .tanh) }
      Dense(3)
    }
  }

  private static func data(_ count: Int) throws -> Dataset {
    var stream = RandomStream(seed: 5, name: "test")
    return try Dataset(
      name: "test", features: Matrix(rows: count, columns: 32, (0..<count * 32).map { _ in Float(stream.normal()) }),
      exampleShape: [4, 4, 2],
      targets: .classes(labels: (0..<count).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
  }

  private static func step<S: Scalar>(
    _ model: Sequential, _ data: Dataset, microBatch: Int? = nil, needs: StepNeeds = [], threads: Int = 2, _: S.Type
  ) throws -> TrainingStep<S> {
    try TrainingStep(
      Network<S>(model, seed: 3), on: data, loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.05),
      capacity: data.count, microBatch: microBatch, needs: needs, team: ThreadTeam(threads: threads))
  }

  private static func gradient<S: Scalar>(
    _ step: TrainingStep<S>, _ indices: [Int32], observing needs: StepNeeds = []
  ) -> [Double] {
    _ = indices.withUnsafeBufferPointer { step.computeGradient($0, observing: needs) }
    return step.network.slots.flatMap { step.network.values(of: $0, in: step.gradient).map { Double($0) } }
  }

  @Test(arguments: [1, 3, 8])
  func gradientsAreThoseOfFiniteDifferences(_ batch: Int) throws {
    let step = try Self.step(Self.model(), Self.data(batch), Double.self)
    let indices = Array(0..<Int32(batch))
    let network = step.network
    let gradient = Self.gradient(step, indices)
    let point = network.slots.flatMap { network.values(of: $0) }
    let expected = finiteDifferences(at: point) { point in
      var rest = point[...]
      for slot in network.slots {
        network.setValues(of: slot, Array(rest.prefix(slot.count)))
        rest = rest.dropFirst(slot.count)
      }
      return indices.withUnsafeBufferPointer { step.computeGradient($0).mean }
    }
    #expect(largestError(gradient, expected) < 1e-7)
  }

  @Test(arguments: [1, 2, 7], [nil, 3])
  func normsOfExamplesAreThoseOfTheirOwnGradients(_ batch: Int, _ microBatch: Int?) throws {
    let data = try Self.data(batch)
    let step = try Self.step(
      Self.model(coupled: false), data, microBatch: microBatch, needs: .exampleNorms, Double.self)
    let indices = Array(0..<Int32(batch))
    let gradient = Self.gradient(step, indices)
    #expect(step.exampleNorms == nil)
    #expect(Self.gradient(step, indices, observing: .exampleNorms) == gradient)
    let norms = Array(try #require(step.exampleNorms))
    let single = try Self.step(Self.model(coupled: false), data, Double.self)
    let expected = indices.map { Self.gradient(single, [$0]).reduce(0) { $0 + $1 * $1 } }
    #expect(largestError(norms, expected) < 1e-12)
  }

  @Test func normsDoNotKeepAStepFromUpdatingAtOnce() throws {
    let data = try Self.data(7)
    let step = try Self.step(Self.model(coupled: false), data, needs: .exampleNorms, Float.self)
    let plain = try Self.step(Self.model(coupled: false), data, Float.self)
    let indices = Array(0..<Int32(7))
    for _ in 0..<5 {
      let loss = indices.withUnsafeBufferPointer { step($0, observing: .exampleNorms) }
      #expect(indices.withUnsafeBufferPointer { plain($0) } == loss)
    }
    #expect(step.exampleNorms?.count == 7 && step.updates == 5)
    let difference = zip(step.network.parameters.elements, plain.network.parameters.elements).map { abs($0 - $1) }
    #expect((difference.max() ?? 1) < 1e-6)
  }

  /// A layer from outside does with the update what the step would do after it.
  @Test func aLayerMayUpdateItsOwnParameters() throws {
    let data = try Self.data(8)
    let indices = (0..<Int32(8)).map { $0 }
    func trained(_ updates: Bool) throws -> [Float] {
      let model = Sequential(inputShape: [4, 4, 2]) {
        PlainConvolution(3, updates: updates)
        PlainPooling()
        PlainFlatten()
        Dense(3)
      }
      let step = try TrainingStep(
        Network<Float>(model, seed: 3), on: data, loss: .softmaxCrossEntropy,
        optimizer: SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 0.01, decayScope: .weights), capacity: 8,
        team: ThreadTeam(threads: 2))
      for _ in 0..<5 { indices.withUnsafeBufferPointer { _ = step($0) } }
      return Array(step.network.parameters.elements)
    }
    let (own, steps) = (try trained(true), try trained(false))
    #expect(own == steps && own.allSatisfy(\.isFinite))
  }

  @Test func aLayerWithoutGradientsOfExamplesIsNamed() throws {
    #expect {
      try Self.step(Self.model(), Self.data(4), needs: .exampleNorms, Float.self)
    } throws: {
      "\($0)".hasPrefix("layers.1 (plain batch norm) has no gradients of single examples: it takes its mean")
    }
  }

  @Test func couplingIsTold() throws {
    #expect(try Self.step(Self.model(), Self.data(4), microBatch: 2, Float.self).accumulationWarnings.count == 1)
    #expect(try Self.step(Self.model(), Self.data(4), Float.self).accumulationWarnings.isEmpty)
  }

  @Test func theSameBitsWithMoreThreadsWhereNoSumIsShared() throws {
    let data = try Self.data(8)
    let indices = Array(0..<Int32(8))
    let one = Self.gradient(try Self.step(Self.model(), data, threads: 1, Double.self), indices)
    let three = Self.gradient(try Self.step(Self.model(), data, threads: 3, Double.self), indices)
    #expect(largestError(one, three) < 1e-12)
  }

  @Test func runningBuffersAreNotTrained() throws {
    let step = try Self.step(Self.model(), Self.data(8), Float.self)
    let network = step.network
    #expect(network.bufferSlots.map(\.name) == ["layers.1.running_mean", "layers.1.running_var"])
    #expect(network.values(of: network.bufferSlots[1]) == [1, 1, 1])
    Array(0..<Int32(8)).withUnsafeBufferPointer { _ = step($0) }
    let running = network.values(of: network.bufferSlots[0])
    #expect(running.allSatisfy { $0 != 0 })
    // Evaluation reads them and leaves them alone.
    let evaluator = try Evaluator(
      network, on: Self.data(8), loss: .softmaxCrossEntropy, team: ThreadTeam(threads: 1))
    _ = evaluator.evaluate()
    #expect(network.values(of: network.bufferSlots[0]) == running)
    #expect(network.slots.allSatisfy { !$0.name.contains("running") })
  }

  @Test func namesTellWhereANodeStands() throws {
    let network = try Network<Float>(Self.model(), seed: 1)
    #expect(
      network.graph.nodes.map(\.name) == [
        "layers.0", "layers.1", "layers.2", "layers.3.body.0", "layers.3.body.1", "layers.3.sum", "layers.4",
        "layers.5", "layers.6.body.0", "layers.6.body.1", "layers.6.shortcut.0", "layers.6.sum", "layers.7.body.0",
        "layers.7.sum", "layers.8",
      ])
    #expect(network.slots.contains { $0.name == "layers.6.shortcut.0.weight" })
    #expect(!network.graph.isChain)
  }

  @Test func whatHasNoSumIsRefused() {
    #expect(throws: ModelError.invalidLayer("layers.0.sum: values of the shapes 4 and 3 have no sum")) {
      try Network<Float>(Sequential(inputShape: [3]) { Residual { Dense(4) } }, seed: 1)
    }
    #expect(throws: ModelError.self) { try Network<Float>(Sequential(inputShape: [3]) { Residual {} }, seed: 1) }
  }

  @Test func deadValuesLendTheirBuffers() throws {
    let model = Sequential(inputShape: [64]) { for _ in 0..<8 { Dense(64, .relu) } }
    let graph = try ModelGraph(model, context: ComputeContext(for: Float.self, threads: 1))
    // Two are enough to go forward; backward all activations are read, and two gradients go from hand to hand.
    #expect(BufferPlan(graph, trains: false).buffers.count == 2)
    #expect(BufferPlan(graph, trains: true).buffers.count == 11)
  }

  @Test func noTwoLivingValuesShareABuffer() throws {
    let graph = try ModelGraph(Self.model(), context: ComputeContext(for: Float.self, threads: 1))
    let plan = BufferPlan(graph, trains: true)
    // What a layer reads and writes at once lies in different places.
    for (index, node) in graph.nodes.enumerated() {
      var places = (node.inputs + [node.output]).map { plan.activations[$0] }
      places += (node.inputs + [node.output]).compactMap { plan.gradients[$0] }
      if let part = plan.contributions[index] { places.append(part) }
      let read = node.plan.backwardReads
      guard read.contains(.input), read.contains(.output) else { continue }
      #expect(Set(places).count == places.count, "\(node.name)")
    }
  }

  @Test func aSnapshotIsWhatTheNetworkWas() throws {
    let network = try Network<Float>(Self.model(), seed: 1)
    let snapshot = network.snapshot()
    let before = Array(network.parameters.elements)
    network.parameters.elements.update(repeating: 0)
    let copy = try Network(snapshot)
    #expect(Array(copy.parameters.elements) == before && copy.values(of: copy.bufferSlots[1]) == [1, 1, 1])
  }

  @Test(arguments: [1, 5, 600])
  func predictionsNeedNoTargets(_ count: Int) throws {
    let network = try Network<Float>(Self.model(), seed: 1)
    let data = try Self.data(max(3, count))
    let team = try ThreadTeam(threads: 1)
    let evaluator = try Evaluator(network, on: data, loss: .softmaxCrossEntropy, team: team)
    let predictions = try network.predict(data.features, loss: .softmaxCrossEntropy, team: team)
    #expect(try evaluator.predictions() == predictions)
    let outputs = try network.predict(data.features)
    #expect(outputs.rows == data.count && outputs.columns == 3)
    #expect(throws: ModelError.self) { try network.predict(Matrix(rows: 1, columns: 31)) }
  }
}
