import BatchAlgebra
import BatchData
import BatchTestSupport
import Testing

@testable import BatchTraining

/// Runs whose loss ceases to be a number.
@Suite struct DivergenceTests {
  private func trainer<S: Scalar>(
    _: S.Type, loss: any Loss = .softmaxCrossEntropy, batch: Int = 10, regularisation: Regularisation = .none,
    microBatch: Int? = nil
  ) throws -> Trainer<S> {
    let model = Sequential(inputShape: [2]) {
      Dense(5)
      Dense(4)
      Dense(3)
      Dense(2)
    }
    return try Trainer(
      model: model, data: TinyRun.data.get(), loss: loss, optimizer: SGD(learningRate: 0.01, momentum: 0.9),
      plan: TrainingPlan(batchSize: batch, microBatch: microBatch, epochs: 2, seed: 1, regularisation: regularisation),
      team: ThreadTeam(threads: 1), context: .test(S.self))
  }

  /// Runs it; after `update` updates the values of one layer's parameters are replaced.
  private func run<S: Scalar>(
    _ trainer: Trainer<S>, poisoning layer: Int, with value: S, after update: Int
  ) throws -> (divergence: Divergence, parameters: [S], state: [S]) {
    var parameters: [S] = []
    var state: [S] = []
    let outcome = try trainer.run(
      TrainingObserver(onUpdate: { done, _ in
        if done == update {
          for slot in trainer.step.network.slots where slot.name.hasPrefix("layers.\(layer).") {
            trainer.step.network.setValues(of: slot, [S](repeating: value, count: slot.count))
          }
        }
        parameters = trainer.parameterValues
        state = Array(trainer.step.stateVector("momentum_buffer"))
      }))
    guard case .diverged(let divergence) = outcome else { throw Unexpected(what: "\(outcome)") }
    return (divergence, parameters, state)
  }

  private struct Unexpected: Error { var what: String }

  /// An infinite layer: the first whose activations are none, and the last layer's gradient, where the way back begins.
  @Test(arguments: 0..<4, [1, 10])
  func theFirstLayerWithoutNumbersIsNamed(_ layer: Int, batch: Int) throws {
    for after in 1...6 {
      let trainer = try trainer(Float.self, batch: batch)
      let (divergence, parameters, state) = try run(trainer, poisoning: layer, with: .infinity, after: after)
      #expect(divergence.update == after + 1 && !divergence.loss.isFinite)
      #expect(divergence.activation?.layer == "layers.\(layer) (dense \(5 - layer))")
      #expect(divergence.activation?.magnitude.isFinite == false)
      #expect(divergence.gradient?.layer == "layers.3 (dense 2)")
      #expect(divergence.gradient?.magnitude.isFinite == false)
      // Neither the weights nor the momentum know of the batch.
      #expect(trainer.parameterValues.elementsEqual(parameters) { $0 == $1 || ($0.isNaN && $1.isNaN) })
      #expect(Array(trainer.step.stateVector("momentum_buffer")) == state)
      #expect(trainer.progress.update == after && trainer.step.updates == after)
    }
  }

  /// Numbers that are only too large for the loss: the layers with the largest ones are named, with how large they are.
  @Test func theLayerWithTheLargestNumbersIsNamed() throws {
    // A single example: sums over several could cancel, infinite ones to no number.
    let trainer = try trainer(Double.self, loss: .meanSquaredError, batch: 1)
    let (divergence, parameters, _) = try run(trainer, poisoning: 3, with: 1e200, after: 3)
    #expect(divergence.update == 4 && divergence.loss == .infinity)
    #expect(divergence.activation?.layer == "layers.3 (dense 2)")
    let largest = try #require(divergence.activation?.magnitude)
    #expect(largest > 1e199 && largest < 1e203)
    // The gradient of the layer below is 1e200 times the error, which is 1e200 itself.
    #expect(divergence.gradient?.layer == "layers.2 (dense 3)" && divergence.gradient?.magnitude == .infinity)
    #expect(trainer.parameterValues == parameters)
    #expect(
      divergence.description
        == "the loss became inf at update 4; the largest activation, \(largest), is in layers.3 (dense 2); "
        + "the largest gradient, inf, in layers.2 (dense 3)")
  }

  @Test func clippingAndMicroBatchesHideNothing() throws {
    for clipping in [GradientClipping.norm(1), .value(0.5)] {
      let trainer = try trainer(
        Float.self, regularisation: Regularisation(clipping: clipping, averaging: .ema(decay: 0.5)), microBatch: 3)
      let (divergence, parameters, state) = try run(trainer, poisoning: 1, with: .nan, after: 2)
      #expect(divergence.update == 3 && divergence.activation?.layer == "layers.1 (dense 4)")
      #expect(trainer.parameterValues.elementsEqual(parameters) { $0 == $1 || ($0.isNaN && $1.isNaN) })
      #expect(Array(trainer.step.stateVector("momentum_buffer")) == state)
    }
  }

  /// A step of four examples that the network bears and, at the given places, others that it does not: their features
  /// are infinite once the first layer has doubled them.
  private func data(bad: Set<Int>) throws -> Dataset {
    let features = (0..<16).map { bad.contains($0 / 2) ? Float(3e38) : 0.5 }
    return try Dataset(
      name: "spoilt", features: Matrix(rows: 8, columns: 2, features),
      targets: .classes(labels: (0..<8).map { Int32($0 % 2) }, names: ["a", "b"]))
  }

  private func step(_ data: Dataset, microBatch: Int? = nil) throws -> TrainingStep<Float> {
    let model = Sequential(inputShape: [2]) {
      Dense(2)
      Dense(3, .tanh)
      Dense(2)
    }
    let network = try Network<Float>(model, seed: 1, context: .test(Float.self))
    network.setValues(of: network.slots[0], [2, 2, 2, 2])
    network.setValues(of: network.slots[4], [900, 900, 900, -900, -900, -900])
    return try TrainingStep(
      network, on: data, loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: 0.1), capacity: 4,
      microBatch: microBatch, team: ThreadTeam(threads: 1))
  }

  private func extremes(
    _ step: TrainingStep<Float>, _ data: Dataset, _ examples: [Int32]
  ) throws -> Divergence.Extreme? {
    try step.extremes(
      SampledBatches(
        data.subset(examples),
        sampler: BatchSampler(exampleCount: examples.count, batchSize: examples.count, seed: 0, shuffles: false)),
      epoch: 0, at: 0, count: examples.count
    ).activation
  }

  /// Of micro-batches it may be the first that has the example, and the last that is in memory.
  @Test(arguments: 0..<4, [nil, 1, 2, 3])
  func theExampleIsFoundInEveryMicroBatch(_ place: Int, microBatch: Int?) throws {
    let data = try data(bad: [place])
    let extreme = try extremes(step(data, microBatch: microBatch), data, [0, 1, 2, 3])
    #expect(extreme?.layer == "layers.0 (dense 2)" && extreme?.magnitude.isFinite == false)
  }

  /// What a larger batch left in memory is not the batch's.
  @Test func rowsOfAnEarlierBatchAreNotLookedAt() throws {
    let data = try data(bad: [2, 3])
    let step = try step(data)
    _ = try extremes(step, data, [0, 1, 2, 3])
    let extreme = try extremes(step, data, [0, 1])
    #expect(extreme?.layer == "layers.2 (dense 2)" && extreme?.magnitude.isFinite == true)
  }

  /// One example that no network bears: the run ends at the update that would take it, wherever the order has it.
  @Test(arguments: 1...5 as ClosedRange<UInt64>, [1, 16])
  func theRunEndsAtTheBatchThatCausesIt(seed: UInt64, batch: Int) throws {
    var features = (0..<420).map { Float($0 % 17) / 17 - 0.5 }
    let bad = 123
    features[2 * bad] = 3e38
    features[2 * bad + 1] = 3e38
    let labels = (0..<210).map { Int32($0 % 2) }
    let train = try Dataset(
      name: "spoilt", features: Matrix(rows: 210, columns: 2, features),
      targets: .classes(labels: labels, names: ["a", "b"]))
    let good = try train.subset([0, 1, 2, 3])
    let data = try DataSplits(
      train: train, validation: good, test: good, standardisation: .none, description: "spoilt")
    let trainer = try Trainer<Float>(
      model: Sequential(inputShape: [2]) { Dense(2) }, data: data, loss: .softmaxCrossEntropy,
      optimizer: SGD(learningRate: 1e-3, momentum: 0.9),
      plan: TrainingPlan(batchSize: batch, epochs: 1, seed: seed), team: ThreadTeam(threads: 1),
      context: .test(Float.self))
    // Twice 3e38 is infinite.
    trainer.step.network.setValues(of: trainer.step.network.slots[0], [2, 2, 2, 2])
    let sampler = try BatchSampler(exampleCount: 210, batchSize: batch, seed: seed)
    let expected = try #require(
      (0..<sampler.batchesPerEpoch).first { sampler.withBatch($0) { $0.contains(Int32(bad)) } })
    var parameters = trainer.parameterValues
    let outcome = try trainer.run(TrainingObserver(onUpdate: { _, _ in parameters = trainer.parameterValues }))
    guard case .diverged(let divergence) = outcome else { throw Unexpected(what: "\(outcome)") }
    #expect(divergence.update == expected + 1)
    #expect(trainer.parameterValues == parameters && parameters.allSatisfy(\.isFinite))
  }

  /// What was saved before is whole, and training goes on from it.
  @Test func theCheckpointBeforeIsIntact() throws {
    let folder = TemporaryFolder()
    let checkpoints = CheckpointFolder(path: "\(folder.path)/checkpoints")
    let trainer = try trainer(Float.self)
    var saved: [Int: [Float]] = [:]
    let outcome = try trainer.run(
      TrainingObserver(onUpdate: { update, _ in
        if update % 4 == 0 {
          try checkpoints.saveLast(trainer)
          saved[update] = trainer.parameterValues
        }
        if update == 14 {
          trainer.step.network.setValues(of: trainer.step.network.slots[2], [Float](repeating: .nan, count: 20))
        }
      }))
    guard case .diverged(let divergence) = outcome else { throw Unexpected(what: "\(outcome)") }
    #expect(divergence.update == 15)
    let last = try checkpoints.last()
    #expect(last.record.progress.update == 12)
    let other = try self.trainer(Float.self)
    try other.restore(last)
    #expect(other.parameterValues == saved[12])
    #expect(try other.run() == .finished)
    // The run that broke down goes on from it as well: nothing of what it computed last is left in its memory.
    try trainer.restore(last)
    #expect(try trainer.run() == .finished)
    #expect(trainer.parameterValues == other.parameterValues)
  }
}
