import BatchAlgebra
import BatchData
import Testing

@testable import BatchTraining

@Suite struct TrainerTests {
  private func splits() throws -> DataSplits {
    try DataSource.dots(examples: 600).load(validation: 100, seed: 5)
  }

  private let model = Sequential(inputShape: [2]) {
    Dense(8, .tanh)
    Dense(2)
  }

  private func trainer(
    batch: Int = 16, epochs: Int = 3, seed: UInt64 = 1, rate: Double = 0.1, threads: Int = 1
  ) throws -> Trainer<Float> {
    try Trainer(
      model: model, data: splits(), loss: .softmaxCrossEntropy, optimizer: SGD(learningRate: rate, momentum: 0.9),
      plan: TrainingPlan(batchSize: batch, epochs: epochs, seed: seed), team: ThreadTeam(threads: threads),
      context: .test(Float.self))
  }

  private func records(of trainer: Trainer<Float>) throws -> [EvaluationRecord] {
    var records: [EvaluationRecord] = []
    #expect(try trainer.run(TrainingObserver(onEvaluation: { records.append($0) })) == .finished)
    return records
  }

  @Test func learnsTwoClouds() throws {
    let records = try records(of: trainer(epochs: 5))
    #expect(records[records.count - 1].validationLoss < 0.5 * records[0].validationLoss)
    #expect(try #require(records[records.count - 1].validationAccuracy) > 0.9)
    #expect(records[0].distance == 0 && records[records.count - 1].distance > 0)
  }

  @Test func evaluatesBeforeAtDoublingsAndAfterEpochs() throws {
    let trainer = try trainer(epochs: 2)
    let n = try (splits().train.count + 15) / 16
    let updates = try records(of: trainer).map(\.update)
    let expected = (0...2 * n).filter { $0 % n == 0 || [8, 16, 32, 64, 128].contains($0) }
    #expect(updates == expected)
  }

  /// The updates whose gradient norm is sampled, of a run of so many updates an epoch, counted from 0.
  private func samples(updatesPerEpoch: Int, epochs: Int) -> [Int] {
    (0..<updatesPerEpoch * epochs).filter {
      GradientNormSamples.contains($0, beginsEpoch: $0 % updatesPerEpoch == 0, updatesPerEpoch: updatesPerEpoch)
    }
  }

  @Test func fewUpdatesAreSampledAndNoEvaluationIsWithoutASample() {
    #expect(samples(updatesPerEpoch: 1, epochs: 5) == [0, 1, 2, 3, 4])
    #expect(samples(updatesPerEpoch: 5, epochs: 4) == [0, 5, 8, 10, 15, 16])
    #expect(samples(updatesPerEpoch: 20, epochs: 3) == [0, 8, 16, 20, 24, 32, 40, 48, 56])
    #expect(samples(updatesPerEpoch: 511, epochs: 1) == Array(stride(from: 0, to: 511, by: 8)))
    #expect(samples(updatesPerEpoch: 1024, epochs: 1).count == 65)
    #expect(samples(updatesPerEpoch: 60_000, epochs: 2).count < 150)
  }

  /// The mean of the sampled gradients' norms, beside a twin step that writes every gradient out.
  @Test(arguments: [nil, GradientClipping.norm(0.05), .value(0.01)])
  func theGradientNormIsThatOfTheSamples(_ clipping: GradientClipping?) throws {
    var run = try TinyRun.plain()
    (run.batch, run.threads) = (21, 2)
    run.regularisation = try Regularisation(clipping: clipping)
    let trainer = try run.trainer(Double.self)
    let data = try TinyRun.data.get().train
    let twin = try TrainingStep(
      Network<Double>(run.model, seed: run.seed, context: .test(Double.self)), on: data, loss: run.loss,
      optimizer: run.optimizer.optimizer,
      capacity: 21, regularisation: run.regularisation, seed: run.seed, team: ThreadTeam(threads: 2))
    var sampler = try BatchSampler(exampleCount: data.count, batchSize: 21, seed: run.seed)
    var norms: [Double] = []
    var compared = 0
    // Ten updates an epoch.
    _ = try trainer.run(
      TrainingObserver(onEvaluation: { record in
        for update in twin.updates..<record.update {
          if sampler.epoch != update / 10 { sampler.start(epoch: update / 10) }
          _ = sampler.withBatch(update % 10) { twin.computeGradient($0) }
          let norm = sumOfSquares(UnsafeBufferPointer(twin.gradient.elements)).squareRoot()
          if samples(updatesPerEpoch: 10, epochs: 3).contains(update) { norms.append(norm) }
          twin.update()
        }
        guard let found = record.gradientNorm else {
          #expect(record.update == 0)
          return
        }
        #expect(abs(found - norms.reduce(0, +) / Double(norms.count)) < 1e-12)
        norms = []
        compared += 1
      }))
    #expect(compared == 5)
  }

  /// A short last batch counts by its examples.
  @Test func theBatchLossIsTheMeanOfTheExamples() throws {
    var run = try TinyRun.plain()
    run.batch = 64
    let trainer = try run.trainer(Double.self)
    var (losses, examples, seen, compared) = (0.0, 0, 0, 0)
    var found: Double?
    _ = try trainer.run(
      TrainingObserver(
        onUpdate: { update, loss in
          losses += loss * Double(trainer.progress.examples - seen)
          examples += trainer.progress.examples - seen
          seen = trainer.progress.examples
          // The evaluation has come before.
          guard let mean = found else { return }
          #expect(abs(mean - losses / Double(examples)) < 1e-12, "update \(update)")
          (losses, examples, found, compared) = (0, 0, nil, compared + 1)
        }, onEvaluation: { found = $0.batchLoss }))
    #expect(compared == 3)
  }

  @Test func theSameSeedGivesTheSameBits() throws {
    func outcome(seed: UInt64) throws -> [UInt32] {
      let trainer = try trainer(seed: seed, threads: 2)
      _ = try trainer.run()
      return trainer.step.network.parameters.elements.map(\.bitPattern)
    }
    #expect(try outcome(seed: 1) == outcome(seed: 1))
    #expect(try outcome(seed: 1) != outcome(seed: 2))
  }

  @Test func endsWhenTheLossIsNoNumber() throws {
    let outcome = try trainer(rate: 3e38).run()
    guard case .diverged(let divergence) = outcome else {
      Issue.record("a rate of 3e38 ended as \(outcome)")
      return
    }
    #expect(divergence.update > 1)
  }

  @Test func stopsWhenAsked() throws {
    var updates = 0
    let outcome = try trainer().run(
      TrainingObserver(
        onUpdate: {
          updates = $0
          _ = $1
        }, shouldStop: { updates == 7 }))
    #expect(outcome == .stopped)
    #expect(updates == 7)
  }

  @Test func refusesPlansThatMakeNoSense() throws {
    #expect(throws: TrainingError.plan("training needs at least 1 epoch, not 0")) { try trainer(epochs: 0) }
    #expect(throws: TrainingError.self) { try trainer(batch: 0) }
    #expect(throws: TrainingError.self) { try trainer(batch: 1_000_000) }
  }

  /// No product of epochs and examples overflows, and what is accepted is counted without walking through it.
  @Test func epochsThatCannotBeCountedAreRefused() throws {
    for epochs in [Int.max, Int.max / 210, (1 << 53) / 210 + 1] {
      var run = try TinyRun.plain()
      run.epochs = epochs
      let plan = try run.plan()
      let refusal = TrainingError.plan(
        "\(epochs) epochs of 210 examples are more than can be counted; train for at most 42891425022576 epochs")
      #expect(throws: refusal) { try plan.check(exampleCount: 210) }
      #expect(throws: refusal) { try run.trainer(Float.self) }
    }
    var run = try TinyRun.plain()
    (run.epochs, run.schedule, run.batchSchedule) = ((1 << 53) / 210, "cosine", "grow:1,2:2")
    let trainer = try run.trainer(Float.self)
    // Batches of 10, 20 and 40.
    #expect(trainer.plannedUpdates == 21 + 11 + 6 * (run.epochs - 2))
    #expect(throws: TrainingError.plan("training needs at least 1 epoch, not 0")) {
      try TrainingPlan(batchSize: 1, epochs: 0, seed: 1).check(exampleCount: 210)
    }
    #expect(throws: TrainingError.plan("a micro-batch has at least 1 example, not 0")) {
      try TrainingPlan(batchSize: 1, microBatch: 0, epochs: 1, seed: 1).check(exampleCount: 210)
    }
  }

  @Test func saysHowNetworkAndDataDoNotFit() throws {
    let error = #expect(throws: TrainingError.self) {
      try Trainer<Float>(
        model: Sequential(inputShape: [2]) { Dense(3) }, data: splits(), loss: .softmaxCrossEntropy,
        optimizer: SGD(learningRate: 0.1), plan: TrainingPlan(batchSize: 1, epochs: 1, seed: 1),
        team: ThreadTeam(threads: 1), context: .test(Float.self))
    }
    #expect(
      error?.description
        == "the network has 3 outputs and the data 2 classes; give it an output for each class, "
        + "or a single one with binary cross-entropy")
  }
}
