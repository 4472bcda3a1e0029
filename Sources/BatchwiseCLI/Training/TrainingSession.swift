import ArgumentParser
import Batchwise

/// A training run as the tool shows it: what is told of a run that is resumed, and the line that tells how it goes.
struct TrainingSession {
  let options: RunOptions
  let output: OutputOptions

  /// The checkpoint from which the run in the output folder is resumed; nil where one begins.
  ///
  /// - Throws: What the folder and the checkpoint throw.
  func resumePoint() throws -> ResumePoint? {
    guard let folder = options.output, options.resume else { return nil }
    do {
      let point = try ResumePoint(in: folder, skippingDamaged: options.skipDamaged)
      if let point, let damaged = point.passedOver {
        output.note("\(damaged) is damaged; resuming from \(point.checkpoint.path).")
      }
      return point
    } catch CheckpointError.unreadable(var error) {
      guard error.kind == .malformed else { throw CheckpointError.unreadable(error) }
      error.hint =
        options.skipDamaged
        ? "no checkpoint of the run is whole: begin a new one in another folder (--output)"
        : "--skip-damaged resumes from the last checkpoint that is whole"
      throw CheckpointError.unreadable(error)
    }
  }

  /// Says what a run that is resumed has otherwise than the one that was begun.
  func tellChanges(_ point: ResumePoint, _ run: TrainingRun, here: ComputeContext) {
    let record = point.checkpoint.record
    let (before, now) = (record.plan.epochs, run.trainer.plan.epochs)
    if before != now {
      output.note(
        "The run was to have \(NumberFormat.count(before, "epoch")) and is now to have "
          + "\(NumberFormat.grouped(now)); schedules that count shares of training, as cosine does, count by these from "
          + "here on.")
    }
    guard !run.isOver else { return }
    let context = run.trainer.record.context
    let changes = record.context.differences(from: context)
    if !changes.isEmpty {
      output.note(
        "The run is resumed otherwise than it was begun (\(changes.joined(separator: "; "))): it will not end with the "
          + "bits of a run that was left alone.")
    }
    let unlikeHere = context.differences(from: here)
    if changes.isEmpty, !unlikeHere.isEmpty {
      output.note(
        "The run computes as it was begun, and not as one that is begun here (\(unlikeHere.joined(separator: "; "))).")
    }
  }

  /// Trains to the end, or until Ctrl-C.
  func train(_ run: TrainingRun) throws -> TrainingOutcome {
    Interrupt.catchSignals()
    let trainer = run.trainer
    let begin = ContinuousClock.now
    var progress = ProgressLine(quiet: output.quiet)
    let start = (share: trainer.share, examples: trainer.progress.examples)
    var accuracy = ""
    let tables: [(path: String, table: ([EvaluationRecord]) -> TextTable)] =
      run.folder.map { folder in
        [("\(folder.path)/metrics.csv", TrainingTable.table)]
          + (trainer.quantities.isEmpty && run.observations.isEmpty
            ? [] : [("\(folder.path)/observations.csv", MeasurementTable.table)])
      } ?? []
    // A run that is resumed has forgotten what came after its checkpoint.
    for (path, table) in tables {
      try DurableFile.write(Array(table(run.folder?.records ?? []).rendered(as: .csv).utf8), to: path)
    }
    let outcome = try run.train(
      TrainingObserver(
        onUpdate: { _, loss in
          let share = trainer.share
          progress.draw(share: share) {
            let elapsed = (ContinuousClock.now - begin) / .seconds(1)
            let speed = Double(trainer.progress.examples - start.examples) / elapsed
            let left = elapsed / (share - start.share) * (1 - share)
            return "loss \(NumberFormat.significant(loss, digits: 3))  \(accuracy)"
              + "\(NumberFormat.whole(speed)) examples/s  \(NumberFormat.duration(left)) left"
          }
        },
        onEvaluation: { record in
          accuracy = record.validationAccuracy.map { "accuracy \(NumberFormat.percent($0))  " } ?? ""
          for (path, table) in tables { try DurableFile.append(Array(table([record]).csvRows.utf8), to: path) }
        },
        shouldStop: { Interrupt.isRequested }))
    progress.clear()
    return outcome
  }
}
