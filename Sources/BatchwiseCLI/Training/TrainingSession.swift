import Batchwise

/// A run of the trainer with all that goes on beside it: progress, metrics, checkpoints, Ctrl-C.
final class TrainingSession {
  /// The evaluations at the ends of epochs, and the one before the first update.
  private(set) var epochEnds: [EvaluationRecord] = []
  /// The number of updates that were made in this session.
  private(set) var updates = 0

  private let trainer: Trainer<Float>
  private let options: RunOptions
  private let metadata: [String: String]
  private let quiet: Bool
  private var folder: RunFolder?
  private var events: TensorBoardWriter?

  /// Begins a run, or goes on with the one in the folder.
  ///
  /// - Throws: What the folder, the checkpoint and the trainer throw.
  init(
    _ trainer: Trainer<Float>, _ description: RunDescription, splits: DataSplits, optimizer: OptimizerSettings,
    options: RunOptions, quiet: Bool, configuration: EffectiveConfiguration
  ) throws {
    self.trainer = trainer
    self.options = options
    self.quiet = quiet
    metadata = description.metadata
    guard let path = options.output else { return }
    if options.resume, let checkpoint = try Self.lastCheckpoint(path, options) {
      try trainer.restore(checkpoint)
      let epochs = checkpoint.record.plan.epochs
      if epochs != trainer.plan.epochs, !quiet {
        Console.note("The run was to have \(epochs) epochs: shares of training now count for \(trainer.plan.epochs).")
      }
      let folder = try RunFolder(
        resuming: path, splits: splits, update: trainer.progress.update, keptCheckpoints: options.keepCheckpoints)
      epochEnds = folder.records.filter(\.endsEpoch)
      self.folder = folder
    } else {
      folder = try RunFolder(
        beginning: path, run: description, splits: splits, plan: trainer.plan, optimizer: optimizer,
        arguments: Array(CommandLine.arguments.dropFirst()), keptCheckpoints: options.keepCheckpoints,
        replaces: options.resume)
    }
    try configuration.write(to: "\(path)/config.json")
    if options.tensorboard { events = try TensorBoardWriter(folder: path) }
  }

  private static func lastCheckpoint(_ path: String, _ options: RunOptions) throws -> Checkpoint? {
    let folder = RunFolder.checkpoints(in: path, lastCount: options.keepCheckpoints)
    guard try !folder.updates().isEmpty else { return nil }
    return try folder.last(skippingDamaged: options.skipDamaged)
  }

  /// Trains to the end, or until Ctrl-C.
  func train() throws -> TrainingOutcome {
    Interrupt.catchSignals()
    let begin = ContinuousClock.now
    var progress = ProgressLine(quiet: quiet)
    var schedule = options.schedule
    let start = (update: trainer.progress.update, examples: trainer.progress.examples)
    var accuracy = ""
    let outcome = try trainer.run(
      TrainingObserver(
        onUpdate: { [self] update, loss in
          let elapsed = (ContinuousClock.now - begin) / .seconds(1)
          updates = update - start.update
          progress.draw(share: Double(update) / Double(trainer.plannedUpdates)) {
            let speed = Double(trainer.progress.examples - start.examples) / elapsed
            let left = elapsed / Double(update - start.update) * Double(trainer.plannedUpdates - update)
            return "loss \(NumberFormat.significant(loss, digits: 3))  \(accuracy)"
              + "\(NumberFormat.grouped(Int(speed))) examples/s  \(NumberFormat.duration(left)) left"
          }
          if schedule.isDue(trainer.progress, seconds: elapsed) { try saveCheckpoint() }
        },
        onEvaluation: { [self] record in
          accuracy = record.validationAccuracy.map { "accuracy \(NumberFormat.percent($0))  " } ?? ""
          try keep(record)
        },
        shouldStop: { Interrupt.isRequested }))
    progress.clear()
    return outcome
  }

  private func keep(_ record: EvaluationRecord) throws {
    // Evaluations inside an epoch matter to studies and files; on the screen the ends of epochs are enough.
    if record.endsEpoch { epochEnds.append(record) }
    try events?.write(record)
    guard folder != nil else { return }
    let isBest = folder?.records.allSatisfy { options.bestBy.prefers(record, to: $0) } ?? false
    try folder?.append(record)
    if let folder {
      try DurableFile.write(
        Array(TrainingTable.table(folder.records).rendered(as: .csv).utf8), to: "\(folder.path)/metrics.csv")
      if isBest, record.update > 0 { try folder.checkpoints.saveBest(trainer, metadata: metadata) }
    }
  }

  private func saveCheckpoint() throws { try folder?.checkpoints.saveLast(trainer, metadata: metadata) }

  /// Saves what a run that has ended leaves: a last checkpoint, and the weights where it was finished.
  func finish(_ outcome: TrainingOutcome) throws {
    guard let folder else { return }
    switch outcome {
    case .diverged:
      let last = try folder.checkpoints.updates().last.map { "the last good checkpoint is that of update \($0)" }
      if !quiet { Console.note(last ?? "there is no checkpoint from before.") }
    case .stopped: try saveCheckpoint()
    case .stoppedEarly, .finished:
      try saveCheckpoint()
      try trainer.network.writeWeights(to: folder.weightsPath)
    }
  }
}

extension EarlyStopping.Metric {
  /// Whether a record is better than another.
  fileprivate func prefers(_ record: EvaluationRecord, to other: EvaluationRecord) -> Bool {
    guard let value = value(in: record), let old = self.value(in: other) else { return false }
    return self == .validationLoss ? value < old : value > old
  }
}
