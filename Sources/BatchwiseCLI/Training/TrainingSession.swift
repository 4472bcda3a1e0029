import ArgumentParser
import Batchwise

/// A run of the trainer with all that goes on beside it: progress, metrics, checkpoints, Ctrl-C.
final class TrainingSession {
  /// The evaluations at the ends of epochs, and the one before the first update.
  private(set) var epochEnds: [EvaluationRecord] = []
  /// The number of updates that were made in this session.
  private(set) var updates = 0

  /// What trains.
  let trainer: Trainer<Float>

  private let options: RunOptions
  private let metadata: [String: String]
  private let quiet: Bool
  private var folder: RunFolder?
  /// The number of updates after which the session goes on; nil where it begins a run.
  private var resumedAfter: Int?
  /// Opened when there is something to write: a run that has ended already leaves no file.
  private var events: TensorBoardWriter?

  /// Begins a run, or goes on with the one in the folder.
  ///
  /// - Throws: What the folder, the checkpoint and the trainer throw.
  init(
    _ trainer: Trainer<Float>, _ description: RunDescription, splits: DataSplits, optimizer: OptimizerSettings,
    options: RunOptions, threads: Int, quiet: Bool, configuration: EffectiveConfiguration
  ) throws {
    self.trainer = trainer
    self.options = options
    self.quiet = quiet
    metadata = description.metadata
    guard let path = options.output else { return }
    if options.resume, let checkpoint = try Self.lastCheckpoint(path, options, quiet: quiet) {
      try trainer.restore(checkpoint)
      resumedAfter = trainer.progress.update
      try requireEpochsLeft(path)
      let epochs = checkpoint.record.plan.epochs
      if epochs != trainer.plan.epochs, !quiet {
        Console.note(
          "The run was to have \(NumberFormat.count(epochs, "epoch")) and is now to have "
            + "\(NumberFormat.grouped(trainer.plan.epochs)); schedules that count shares of training, as cosine does, "
            + "count by these from here on.")
      }
      if !quiet, !isOver, let before = checkpoint.record.threads, before != threads {
        Console.note(
          "The run was trained on \(NumberFormat.count(before, "thread")) and goes on on \(threads): it will not "
            + "end with the bits of a run that was left alone.")
      }
      let folder = try RunFolder(
        resuming: path, splits: splits, update: trainer.progress.update, keptCheckpoints: options.keptCheckpoints)
      epochEnds = folder.records.filter(\.endsEpoch)
      self.folder = folder
    } else {
      folder = try RunFolder(
        beginning: path, run: description, splits: splits, plan: trainer.plan, optimizer: optimizer,
        arguments: Array(CommandLine.arguments.dropFirst()), keptCheckpoints: options.keptCheckpoints,
        replaces: options.resume)
    }
    try configuration.write(to: "\(path)/config.json")
  }

  private static func lastCheckpoint(_ path: String, _ options: RunOptions, quiet: Bool) throws -> Checkpoint? {
    let folder = RunFolder.checkpoints(in: path, lastCount: options.keptCheckpoints)
    guard let last = try folder.updates().last else { return nil }
    do {
      let checkpoint = try folder.last(skippingDamaged: options.skipDamaged)
      if checkpoint.path != folder.path(update: last), !quiet {
        Console.note("\(folder.path(update: last)) is damaged; going on from \(checkpoint.path).")
      }
      return checkpoint
    } catch CheckpointError.unreadable(var error) {
      guard error.kind == .malformed else { throw CheckpointError.unreadable(error) }
      error.hint =
        options.skipDamaged
        ? "no checkpoint of the run is whole: begin a new one in another folder (--output)"
        : "--skip-damaged goes on from the last checkpoint that is whole"
      throw CheckpointError.unreadable(error)
    }
  }

  private func requireEpochsLeft(_ path: String) throws {
    let (done, asked) = (trainer.progress, trainer.plan.epochs)
    let epochs = done.place > 0 ? done.epoch + 1 : done.epoch
    guard epochs > asked else { return }
    throw ValidationError(
      "the run in \(path) is in epoch \(epochs) already; give --epochs \(epochs) or more, or another folder (--output)")
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
          // The last update is saved here, before the best weights may take the place of the last: a longer run goes on
          // from these.
          if schedule.isDue(trainer.progress, seconds: elapsed) || isOver { try saveCheckpoint() }
        },
        onEvaluation: { [self] record in
          accuracy = record.validationAccuracy.map { "accuracy \(NumberFormat.percent($0))  " } ?? ""
          try keep(record)
        },
        shouldStop: { Interrupt.isRequested }))
    progress.clear()
    return outcome
  }

  private var isOver: Bool {
    trainer.progress.epoch >= trainer.plan.epochs || trainer.progress.best?.shouldStop == true
  }

  private func keep(_ record: EvaluationRecord) throws {
    // Evaluations inside an epoch matter to studies and files; on the screen the ends of epochs are enough.
    if record.endsEpoch { epochEnds.append(record) }
    if options.tensorboard, let folder {
      let writer = try events ?? TensorBoardWriter(folder: folder.path, resumingAfter: resumedAfter)
      events = writer
      try writer.write(record)
    }
    guard folder != nil else { return }
    let isBest = folder?.records.allSatisfy { options.bestMetric.isBetter(record, than: $0) } ?? false
    try folder?.append(record)
    if let folder {
      try DurableFile.write(
        Array(TrainingTable.table(folder.records).rendered(as: .csv).utf8), to: "\(folder.path)/metrics.csv")
      if isBest, record.update > 0 { try folder.checkpoints.saveBest(trainer, metadata: metadata) }
    }
  }

  private func saveCheckpoint() throws { try folder?.checkpoints.saveLast(trainer, metadata: metadata) }

  /// Saves what a run that has ended leaves: a last checkpoint where it was stopped, the weights where it was finished.
  func finish(_ outcome: TrainingOutcome) throws {
    guard let folder else { return }
    switch outcome {
    case .diverged: break
    case .stopped: try saveCheckpoint()
    case .stoppedEarly, .finished: try trainer.network.writeWeights(to: folder.weightsPath, metadata: metadata)
    }
  }

  /// Which weights a run ends with.
  var kindOfWeights: String {
    if trainer.plan.regularisation.earlyStopping?.restoresBest == true { return "best" }
    return trainer.network === trainer.step.network ? "last" : "averaged"
  }

  /// Where a run that has diverged was last in order: `the last good checkpoint is …`.
  func lastGoodCheckpoint() throws -> String {
    guard let folder else { return "without --output no checkpoint was saved" }
    guard let update = try folder.checkpoints.updates().last else { return "no checkpoint was saved before" }
    return "the last good checkpoint is \(folder.checkpoints.path(update: update))"
  }
}
