import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

/// The same training, computed in every way there is.
@Suite struct TrainingStepTests {
  /// Narrow and wide layers, one block of the batch and several, every optimizer.
  private func optimizers() throws -> [any Optimizer] {
    [
      try SGD(learningRate: 0.05), try SGD(learningRate: 0.02, momentum: 0.9, weightDecay: 0.01),
      try SGD(learningRate: 0.02, momentum: 0.9, nesterov: true), try Adam(learningRate: 0.01),
      try SGD(learningRate: 0.05, momentum: 0.9, dampening: 0.5, weightDecay: 0.1, decayScope: .weights),
      try AdamW(learningRate: 0.01, weightDecay: 0.1, decayScope: .weights),
      try RMSProp(learningRate: 0.003, epsilon: 1e-4), try RMSProp(learningRate: 0.003, epsilon: 1e-4, momentum: 0.5),
      try RMSProp(learningRate: 0.001, epsilon: 1e-2, centred: true),
      try RMSProp(learningRate: 0.001, epsilon: 1e-2, momentum: 0.5, centred: true),
      try Adagrad(learningRate: 0.02, initialAccumulator: 0.01, epsilon: 1e-4),
      try LARS(learningRate: 0.1, trustCoefficient: 0.1, weightDecay: 0.01), try LAMB(learningRate: 0.01),
    ]
  }

  private func data() throws -> Dataset {
    var stream = RandomStream(seed: 5, name: "test")
    let features = (0..<900 * 30).map { _ in Float(stream.normal()) }
    let labels = (0..<900).map { Int32(features[$0 * 30] > 0 ? 1 : features[$0 * 30 + 1] > 0.5 ? 2 : 0) }
    return try Dataset(
      name: "test", features: Matrix(rows: 900, columns: 30, features), exampleShape: [30],
      targets: .classes(labels: labels, names: ["a", "b", "c"]))
  }

  private func step<S: Scalar>(
    _ data: Dataset, _ optimizer: any Optimizer, engine: GEMMEngine = .kernels, set: InstructionSet = .underTest,
    threads: Int = 2, capacity: Int
  ) throws -> TrainingStep<S> {
    let model = Sequential(inputShape: [30]) {
      Dense(70, .relu)
      Dense(33, .sigmoid)
      Dense(16, .gelu)
      Dense(3)
    }
    return try TrainingStep(
      Network<S>(model, seed: 3, context: .test(S.self, engine: engine, instructionSet: set)), on: data,
      loss: .softmaxCrossEntropy,
      optimizer: optimizer, capacity: capacity, team: ThreadTeam(threads: threads))
  }

  private func train<S: Scalar>(_ step: TrainingStep<S>, batch: Int, fused: Bool = true) -> [Double] {
    (0..<30).map { update in
      let indices = (0..<batch).map { Int32((update * batch + $0) % 900) }
      return indices.withUnsafeBufferPointer { indices in
        if fused { return step(indices).mean }
        let result = step.computeGradient(indices)
        step.update()
        return result.mean
      }
    }
  }

  private func parameters<S: Scalar>(_ step: TrainingStep<S>) -> [Double] {
    step.network.slots.flatMap { step.network.values(of: $0).map { Double($0) } }
  }

  @Test(arguments: [1, 7, 64, 500])
  func fusedAndSeparateUpdatesAgree(_ batch: Int) throws {
    let data = try data()
    for optimizer in try optimizers() {
      let fused: TrainingStep<Double> = try step(data, optimizer, capacity: batch)
      let separate: TrainingStep<Double> = try step(data, optimizer, capacity: batch)
      let losses = train(fused, batch: batch)
      #expect(largestError(losses, train(separate, batch: batch, fused: false)) < 1e-11, "\(optimizer)")
      #expect(largestError(parameters(fused), parameters(separate)) < 1e-10, "\(optimizer)")
      #expect(fused.updates == 30 && separate.updates == 30)
    }
  }

  @Test(arguments: InstructionSet.supported)
  func enginesAgree(_ set: InstructionSet) throws {
    let data = try data()
    for optimizer in try optimizers() {
      let plain: TrainingStep<Double> = try step(data, optimizer, engine: .openBLAS, capacity: 100)
      let kernels: TrainingStep<Double> = try step(data, optimizer, set: set, threads: 3, capacity: 100)
      #expect(parameters(plain) == parameters(kernels), "the seed draws the same parameters for both")
      #expect(largestError(train(plain, batch: 100), train(kernels, batch: 100)) < 1e-10, "\(optimizer)")
    }
  }

  /// Kernels compute with what pads weights: after any training it must be what it was, nothing.
  @Test(arguments: InstructionSet.supported)
  func paddingStaysZero(_ set: InstructionSet) throws {
    let data = try data()
    for optimizer in try optimizers() {
      let step: TrainingStep<Float> = try step(data, optimizer, set: set, capacity: 64)
      _ = train(step, batch: 64)
      let network = step.network
      let before = network.parameters.elements.reduce(0.0) { $0 + Double($1 * $1) }
      for slot in network.slots { network.setValues(of: slot, [Float](repeating: 0, count: slot.count)) }
      #expect(before > 0)
      #expect(network.parameters.elements.allSatisfy { $0 == 0 }, "\(optimizer)")
    }
  }

  /// A rule that the kernels do not know, and a layer that leaves updates to the step.
  private struct SignDescent: Optimizer {
    var learningRate = 0.01
    var stateNames: [String] { [] }
    var description: String { "sign descent" }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .custom }
    func update<S: Scalar>(_ piece: UpdatePiece<S>) {
      let rate = S(piece.learningRate)
      for i in piece.parameters.indices where piece.gradient[i] != 0 {
        piece.parameters[i] -= piece.gradient[i] > 0 ? rate : -rate
      }
    }
  }

  @Test func optimizersOfOnesOwnWork() throws {
    let data = try data()
    let step: TrainingStep<Double> = try step(data, SignDescent(), capacity: 100)
    let losses = train(step, batch: 100)
    #expect(losses[29] < 0.8 * losses[0])
  }
}
