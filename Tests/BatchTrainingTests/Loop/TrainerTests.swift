import BatchAlgebra
import BatchData
import BatchTraining
import Testing

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
      plan: TrainingPlan(batchSize: batch, epochs: epochs, seed: seed), team: ThreadTeam(threads: threads))
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

  @Test func saysHowNetworkAndDataDoNotFit() throws {
    let error = #expect(throws: TrainingError.self) {
      try Trainer<Float>(
        model: Sequential(inputShape: [2]) { Dense(3) }, data: splits(), loss: .softmaxCrossEntropy,
        optimizer: SGD(learningRate: 0.1), plan: TrainingPlan(batchSize: 1, epochs: 1, seed: 1),
        team: ThreadTeam(threads: 1))
    }
    #expect(
      error?.description
        == "the network has 3 outputs and the data 2 classes; give it an output for each class, "
        + "or a single one with binary cross-entropy")
  }
}
