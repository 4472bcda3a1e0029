import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// The life cycle of a run: begun, stopped, resumed, ended, and what it leaves in its folder.
@Suite struct TrainingRunTests {
  private let folder = TemporaryFolder()
  private let splits = Result { try DataSource.dots(examples: 200).load(seed: 1) }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  private func run(
    _ name: String?, epochs: Int = 4, rate: Double = 0.1, resuming point: ResumePoint? = nil,
    regularisation: Regularisation = .none, settings: TrainingRun.Settings = TrainingRun.Settings()
  ) throws -> TrainingRun {
    let splits = try splits.get()
    let optimizer = try SGD(learningRate: rate, momentum: 0.5)
    let trainer = try Trainer<Float>(
      model: Sequential(inputShape: [2]) {
        Dense(8, .tanh)
        Dense(2)
      }, data: splits, loss: .softmaxCrossEntropy, optimizer: optimizer,
      plan: TrainingPlan(batchSize: 8, epochs: epochs, seed: 3, regularisation: regularisation),
      team: ThreadTeam(threads: 1), context: .oneThread)
    return try TrainingRun(
      trainer,
      description: RunDescription(
        model: "mlp:8:tanh", splits: splits, loss: .softmaxCrossEntropy, data: "dots:examples=200", dataSeed: 1),
      splits: splits, optimizer: OptimizerSettings(optimizer), folder: name.map(path), settings: settings,
      resuming: point,
      arguments: ["train"])
  }

  @Test func aRunLeavesItsFolder() throws {
    let run = try run("r")
    #expect(try run.train() == .finished)
    #expect(run.isOver && run.updates == 4 * 18 && run.weights == .last)
    #expect(run.epochEnds.map(\.epoch) == [0, 1, 2, 3, 4])
    #expect(
      folder.names(in: "r") == [".lock", "checkpoints", "metrics.jsonl", "run.json", "weights.safetensors"])
    #expect(
      folder.names(in: "r/checkpoints") == [
        "best.safetensors", "update-00000054.safetensors", "update-00000072.safetensors",
      ])
    #expect(try run.lastCheckpoint() == path("r/checkpoints/update-00000072.safetensors"))
  }

  /// Stopped after any update and resumed, a run ends with the bits of one that was left alone.
  @Test(arguments: [1, 17, 18, 40])
  func resumedItEndsWithTheSameBits(_ update: Int) throws {
    do { _ = try run("whole").train() }
    do {
      let stopped = try run("r")
      var seen = 0
      let outcome = try stopped.train(
        TrainingObserver(onUpdate: { count, _ in seen = count }, shouldStop: { seen == update }))
      #expect(outcome == .stopped && !stopped.isOver && folder.read("r/weights.safetensors") == nil)
    }
    let point = try #require(try ResumePoint(in: path("r")))
    #expect(point.checkpoint.record.progress.update == update && point.passedOver == nil)
    let rest = try run("r", resuming: point)
    #expect(try rest.train() == .finished && rest.updates == 72 - update)
    #expect(folder.read("r/weights.safetensors") == folder.read("whole/weights.safetensors"))
    let whole = try RunFolder(resuming: path("whole"), splits: splits.get(), update: 100, keptCheckpoints: 2).records
    #expect(rest.folder?.records.map(\.validationLoss) == whole.map(\.validationLoss) && rest.epochEnds.count == 5)
  }

  @Test func aRunPastItsEpochsIsRefused() throws {
    do { _ = try run("r").train() }
    let point = try #require(try ResumePoint(in: path("r")))
    let error = #expect(throws: StudyError.epochsDone(folder: path("r"), epochs: 4)) {
      try run("r", epochs: 3, resuming: point)
    }
    #expect(
      error?.description
        == "the run in \(path("r")) is in epoch 4 already; train for 4 epochs or more, or choose another folder")
    #expect(try run("r", epochs: 5, resuming: point).train() == .finished)
  }

  @Test func damageIsPassedOverWhenAsked() throws {
    do { _ = try run("r").train() }
    #expect(try ResumePoint(in: path("nowhere")) == nil)
    folder.write([1, 2, 3], to: "r/checkpoints/update-00000072.safetensors")
    #expect(throws: CheckpointError.self) { try ResumePoint(in: path("r")) }
    let point = try #require(try ResumePoint(in: path("r"), skippingDamaged: true))
    #expect(point.checkpoint.record.progress.update == 54)
    #expect(point.passedOver == path("r/checkpoints/update-00000072.safetensors"))
  }

  @Test func aRunThatDivergesKeepsItsLastCheckpoint() throws {
    let run = try run("r", rate: 3e38)
    guard case .diverged = try run.train() else {
      Issue.record("a rate of 3e38 did not diverge")
      return
    }
    #expect(folder.read("r/weights.safetensors") == nil)
    #expect(try run.lastCheckpoint() == nil)
  }

  @Test func nothingIsKeptWithoutAFolder() throws {
    let run = try run(nil, regularisation: Regularisation(averaging: WeightAveraging("ema:0.9")))
    #expect(try run.train() == .finished && run.weights == .averaged && folder.names().isEmpty)
    #expect(try run.lastCheckpoint() == nil)
    let best = try self.run(
      nil, regularisation: Regularisation(earlyStopping: EarlyStopping(patience: .epochs(1), restoresBest: true)))
    #expect(best.weights == .best)
  }
}
