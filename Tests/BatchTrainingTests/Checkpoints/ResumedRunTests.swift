import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

/// Runs that are killed at random updates and go on from their last checkpoint: to the bit those that were never
/// killed.
@Suite struct ResumedRunTests {
  struct Case: Sendable {
    let name: String
    var run: TinyRun
    var isDouble = false

    init(_ name: String, _ optimizer: OptimizerSettings, _ change: (inout TinyRun) throws -> Void) throws {
      self.name = name
      run = TinyRun(optimizer)
      try change(&run)
    }

    func inDouble() -> Case {
      var copy = self
      copy.isDouble = true
      return copy
    }
  }

  /// Every part that has a state of its own, alone and together with the others.
  static let cases = Result { () throws -> [Case] in
    let momentum = OptimizerSettings(try SGD(learningRate: 0.1, momentum: 0.9, nesterov: true))
    let centred = OptimizerSettings(try RMSProp(learningRate: 0.01, momentum: 0.5, centred: true))
    let everything: (inout TinyRun) throws -> Void = { run in
      run.batch = 6
      run.microBatch = 4
      run.epochs = 4
      run.schedule = "one-cycle"
      run.batchSchedule = "grow:0.5,2:2"
      run.dropout = 0.2
      run.threads = 2
      run.regularisation = try Regularisation(
        clipping: .norm(0.5), labelSmoothing: 0.1, averaging: .ema(decay: 0.9),
        earlyStopping: EarlyStopping(patience: .epochs(3), restoresBest: true))
    }
    return [
      try Case("momentum, one-cycle, dropout, single examples", momentum) {
        ($0.batch, $0.epochs, $0.schedule, $0.dropout) = (1, 2, "one-cycle", 0.3)
      },
      try Case("Adam, micro-batches, EMA, clipping", OptimizerSettings(try Adam(learningRate: 0.02))) {
        ($0.batch, $0.microBatch, $0.threads) = (16, 5, 2)
        $0.regularisation = try Regularisation(clipping: .norm(0.3), averaging: .ema(decay: 0.9))
      },
      try Case("centred RMSProp, SWA, single examples", centred) {
        ($0.batch, $0.epochs) = (1, 2)
        $0.regularisation = try Regularisation(averaging: .swa(from: .percent(30), every: .percent(7)))
      }.inDouble(),
      try Case("LAMB, dropout, growing batch", OptimizerSettings(try LAMB(learningRate: 0.02))) {
        ($0.batch, $0.dropout, $0.batchSchedule, $0.threads) = (5, 0.5, "grow:1,1.5:3", 2)
      }.inDouble(),
      try Case("momentum, early stopping, best weights", momentum) {
        ($0.batch, $0.epochs, $0.threads) = (7, 20, 2)
        $0.regularisation = try Regularisation(
          earlyStopping: EarlyStopping(patience: .evaluations(4), minimumImprovement: 0.02, restoresBest: true))
      },
      try Case("everything, Adam", OptimizerSettings(try Adam(learningRate: 0.02)), everything),
      try Case("everything, LAMB", OptimizerSettings(try LAMB(learningRate: 0.02)), everything).inDouble(),
      try Case("everything, centred RMSProp", centred, everything),
      try Case("everything, momentum", momentum, everything).inDouble(),
      try Case("Adagrad, wrapped batches, warm-up, SWA", OptimizerSettings(try Adagrad(learningRate: 0.1))) {
        ($0.batch, $0.lastBatch, $0.schedule) = (16, .wrap, "warm-up:1:1/8:cosine")
        $0.regularisation = try Regularisation(averaging: .swa(from: .epochs(1)))
      },
      try Case("LARS, dropped batches, SWA", OptimizerSettings(try LARS(learningRate: 1, momentum: 0.9))) {
        ($0.batch, $0.lastBatch, $0.batchSchedule, $0.threads) = (8, .drop, "grow:1.2:4", 2)
        $0.regularisation = try Regularisation(averaging: .swa(from: .epochs(1)))
      }.inDouble(),
      try Case("AdamW, averaged weights, the best of which are kept", OptimizerSettings(try AdamW(learningRate: 0.05)))
      {
        ($0.batch, $0.threads) = (10, 2)
        $0.regularisation = try Regularisation(
          labelSmoothing: 0.2, averaging: .swa(from: .epochs(1)),
          earlyStopping: EarlyStopping(patience: .epochs(9), metric: .validationAccuracy, restoresBest: true))
      },
    ]
  }

  /// How many updates lie between two checkpoints; a kill loses up to so many.
  private static let distance = 5

  @Test func allCasesRun() throws { #expect(try Self.cases.get().count == 12) }

  @Test(arguments: 0..<12) func goesOnToTheBit(_ index: Int) throws {
    let example = try Self.cases.get()[index]
    if example.isDouble {
      try check(example, Double.self)
    } else {
      try check(example, Float.self)
    }
  }

  /// Each of the twelve cases is killed in three runs once, and in one run twice: 60 kill points in all.
  private func check<S: Scalar>(_ example: Case, _: S.Type) throws {
    let run = example.run
    let folder = TemporaryFolder()
    let whole = try run.trainer(S.self)
    var records: [EvaluationRecord] = []
    let outcome = try whole.run(TrainingObserver(onEvaluation: { records.append($0) }))
    if example.name.contains("early stopping") { #expect(outcome == .stoppedEarly) }
    let expected = try End(whole, records, outcome, folder.path)

    var random = RandomStream(seed: 2026, name: example.name)
    func draw() -> Int { random.integer(below: whole.progress.update) + 1 }
    for (number, kills) in [[draw()], [draw()], [draw()], [draw(), draw()]].enumerated() {
      let checkpoints = CheckpointFolder(path: "\(folder.path)/\(number)")
      var records: [EvaluationRecord] = []
      for kill in kills {
        let trainer = try run.trainer(S.self)
        try resume(trainer, checkpoints, &records)
        // The second of two may have been passed already when the first came.
        guard trainer.progress.update < kill else { continue }
        #expect(throws: Killed.self) { try train(trainer, checkpoints, &records, until: kill) }
      }
      let trainer = try run.trainer(S.self)
      try resume(trainer, checkpoints, &records)
      if let first = kills.first, first >= Self.distance { #expect(trainer.progress.update > 0) }
      let outcome = try train(trainer, checkpoints, &records, until: nil)
      let end = try End(trainer, records, outcome, folder.path)
      #expect(end.outcome == expected.outcome, "\(example.name), killed at \(kills)")
      #expect(end.records == expected.records, "\(example.name), killed at \(kills)")
      #expect(end.progress == expected.progress, "\(example.name), killed at \(kills)")
      #expect(Set(end.tensors.keys) == Set(expected.tensors.keys))
      for (name, bytes) in expected.tensors {
        #expect(end.tensors[name] == bytes, "\(example.name): \(name), killed at \(kills)")
      }
    }
  }

  /// Takes up the last checkpoint where there is one, and forgets the records after it, as a run's folder does.
  private func resume<S: Scalar>(
    _ trainer: Trainer<S>, _ checkpoints: CheckpointFolder, _ records: inout [EvaluationRecord]
  ) throws {
    guard try !checkpoints.updates().isEmpty else {
      records = []
      return
    }
    try trainer.restore(checkpoints.last())
    let update = trainer.progress.update
    records = records.filter { $0.update <= update }
  }

  @discardableResult
  private func train<S: Scalar>(
    _ trainer: Trainer<S>, _ checkpoints: CheckpointFolder, _ records: inout [EvaluationRecord], until kill: Int?
  ) throws -> TrainingOutcome {
    var added: [EvaluationRecord] = []
    defer { records += added }
    return try trainer.run(
      TrainingObserver(
        onUpdate: { update, _ in
          if update % Self.distance == 0 { try checkpoints.saveLast(trainer) }
          if update == kill { throw Killed() }
        },
        onEvaluation: { added.append($0) }))
  }

  /// All that is left of a run, but for the seconds it took.
  private struct End {
    let outcome: TrainingOutcome
    let records: [EvaluationRecord]
    let progress: String
    /// Parameters, optimizer state, averaged and best weights, byte by byte.
    let tensors: [String: [UInt8]]

    init<S: Scalar>(
      _ trainer: Trainer<S>, _ records: [EvaluationRecord], _ outcome: TrainingOutcome, _ folder: String
    ) throws {
      self.outcome = outcome
      self.records = records.map {
        var record = $0
        record.seconds = 0
        return record
      }
      let path = "\(folder)/end.safetensors"
      try trainer.save(to: path)
      let file = try Checkpoint(path: path).file
      progress = try #require(file.metadata["batchwise.checkpoint"]).replacing(/"seconds":[0-9.e+-]+/, with: "")
      tensors = Dictionary(
        uniqueKeysWithValues: try file.tensors.map { ($0.name, try file.array($0.name).bytes) })
    }
  }
}
