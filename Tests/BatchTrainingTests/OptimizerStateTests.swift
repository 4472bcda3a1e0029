import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

/// An optimizer's state, read and written as a checkpoint does.
@Suite struct OptimizerStateTests {
  static let names: [OptimizerSettings.Kind: [String]] = [
    .sgd: ["momentum_buffer"], .adam: ["exp_avg", "exp_avg_sq"], .adamW: ["exp_avg", "exp_avg_sq"],
    .rmsProp: ["square_avg", "grad_avg", "momentum_buffer"], .adagrad: ["sum"], .lars: ["momentum_buffer"],
    .lamb: ["exp_avg", "exp_avg_sq"],
  ]

  private static func step<S: Scalar>(
    _ optimizer: any Optimizer, seed: UInt64, engine: GEMMEngine = .kernels, set: InstructionSet = .underTest
  ) throws -> TrainingStep<S> {
    var stream = RandomStream(seed: 5, name: "test")
    let data = try Dataset(
      name: "noise", features: Matrix(rows: 90, columns: 20, (0..<1800).map { _ in Float(stream.normal()) }),
      exampleShape: [20], targets: .classes(labels: (0..<90).map { Int32($0 % 3) }, names: ["a", "b", "c"]))
    let model = Sequential(inputShape: [20]) {
      Dense(70, .relu)
      Dense(3)
    }
    return try TrainingStep(
      Network(model, seed: seed, context: .test(S.self, engine: engine, instructionSet: set)), on: data,
      loss: .softmaxCrossEntropy,
      optimizer: optimizer, capacity: 9, team: ThreadTeam(threads: 2))
  }

  private static func train<S: Scalar>(_ step: TrainingStep<S>, _ updates: Range<Int32>) {
    for update in updates {
      let indices = (0..<9).map { (update * 9 + $0) % 90 }
      indices.withUnsafeBufferPointer { _ = step($0) }
    }
  }

  @Test(arguments: OptimizerSettingsTests.unusual) func trainingGoesOnToTheBit(_ settings: OptimizerSettings) throws {
    let whole: TrainingStep<Float> = try Self.step(settings.optimizer, seed: 1)
    Self.train(whole, 0..<17)
    let first: TrainingStep<Float> = try Self.step(settings.optimizer, seed: 1)
    Self.train(first, 0..<8)
    // Another seed: nothing may be left of where it starts.
    let second: TrainingStep<Float> = try Self.step(settings.optimizer, seed: 2)
    #expect(settings.optimizer.stateNames == settings.kind.flatMap { Self.names[$0] })
    for slot in first.network.slots {
      second.network.setValues(of: slot, first.network.values(of: slot))
      for name in settings.optimizer.stateNames {
        second.network.setValues(
          of: slot, first.network.values(of: slot, in: first.stateVector(name)), in: second.stateVector(name))
      }
    }
    second.restore(updates: first.updates)
    Self.train(second, 8..<17)
    #expect(second.updates == 17)
    #expect(Array(second.network.parameters.elements) == Array(whole.network.parameters.elements))
    for name in settings.optimizer.stateNames {
      #expect(Array(second.stateVector(name)) == Array(whole.stateVector(name)), "\(name)")
      #expect(whole.stateVector(name).contains { $0 != 0 })
    }
  }

  /// The elements of a parameter mean the same however an engine lays them out.
  @Test(arguments: InstructionSet.supported) func valuesDoNotDependOnTheLayout(_ set: InstructionSet) throws {
    let adam = try Adam(learningRate: 0.01)
    let panels: TrainingStep<Double> = try Self.step(adam, seed: 1, set: set)
    let plain: TrainingStep<Double> = try Self.step(adam, seed: 1, engine: .openBLAS)
    Self.train(panels, 0..<5)
    Self.train(plain, 0..<5)
    for (one, other) in zip(panels.network.slots, plain.network.slots) {
      for name in adam.stateNames {
        #expect(
          largestError(
            panels.network.values(of: one, in: panels.stateVector(name)),
            plain.network.values(of: other, in: plain.stateVector(name))) < 1e-12)
      }
    }
  }

  @Test func stateBeginsAsTheOptimizerSays() throws {
    let step: TrainingStep<Float> = try Self.step(Adagrad(initialAccumulator: 0.25), seed: 1)
    #expect(step.stateVector("sum").count == step.network.parameters.count)
    #expect(step.stateVector("sum").allSatisfy { $0 == 0.25 })
    let adam: TrainingStep<Float> = try Self.step(Adam(), seed: 1)
    #expect(adam.stateVector("exp_avg_sq").allSatisfy { $0 == 0 })
  }

  @Test func anotherKindOfStateIsAProgrammersMistake() async {
    await #expect(processExitsWith: .failure) {
      let step: TrainingStep<Float> = try Self.step(Adam(), seed: 1)
      step.optimizer = try LARS(learningRate: 0.1)
      Self.train(step, 0..<1)
    }
    await #expect(processExitsWith: .failure) {
      let step: TrainingStep<Float> = try Self.step(Adam(), seed: 1)
      step.optimizer = try SGD(learningRate: 0.1)
      step.update()
    }
    // As many vectors, that mean something else.
    await #expect(processExitsWith: .failure) {
      let step: TrainingStep<Float> = try Self.step(Adam(), seed: 1)
      step.optimizer = try RMSProp(momentum: 0.9)
      Self.train(step, 0..<1)
    }
    await #expect(processExitsWith: .success) {
      let step: TrainingStep<Float> = try Self.step(Adam(), seed: 1)
      step.optimizer = try AdamW()
      Self.train(step, 0..<1)
    }
    await #expect(processExitsWith: .failure) {
      let step: TrainingStep<Float> = try Self.step(Adam(), seed: 1)
      _ = step.stateVector("momentum_buffer")
    }
  }
}
