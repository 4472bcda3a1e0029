import ArgumentParser
import Batchwise

/// What a study tells while it runs: how much is left, the running trial, and how each one ended.
final class StudyProgress {
  private let printing: OutputOptions
  private let total: Int
  private var progress: ProgressLine
  private var time: RemainingTime
  private var finished: Int
  private var updates = 1

  /// The progress of a study of `total` trials, some of which remain.
  init(plan: SweepPlan, remaining: [TrialID], total: Int, printing: OutputOptions) {
    self.printing = printing
    self.total = total
    progress = ProgressLine(quiet: printing.quiet)
    time = RemainingTime(plan: plan, remaining: remaining)
    finished = total - remaining.count
  }

  /// Says what there is to do and does it; an interruption ends the tool after saying how to go on.
  func run(folder: String, _ study: () throws -> Void) throws {
    switch (finished, total - finished) {
    case (1, 0): printing.note("The only trial is done; nothing left to do.")
    case (let done, 0): printing.note("All \(NumberFormat.count(done, "trial")) are done; nothing left to do.")
    case (0, let count): printing.note("Training \(NumberFormat.count(count, "trial")) into \(folder).")
    case (let done, let count):
      printing.note(
        "Going on: \(NumberFormat.count(done, "trial")) \(done == 1 ? "is" : "are") done, "
          + "\(NumberFormat.grouped(count)) \(count == 1 ? "is" : "are") left.")
    }
    Interrupt.catchSignals()
    do {
      try study()
    } catch StudyError.interrupted {
      Console.note("Interrupted. Finished trials are safe in \(folder); the same command goes on from there.")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
  }

  /// Follows the trials of a sweep; a prefix tells it from others of the study.
  func observer(prefix: String = "") -> SweepStudy.Observer {
    SweepStudy.Observer(
      onStart: { [self] trial, count in
        updates = count
        time.start(trial)
      },
      onUpdate: { [self] trial, update, loss in
        let share = Double(update) / Double(updates)
        time.update(share: share)
        progress.draw(share: (Double(finished) + share) / Double(total)) {
          let left = time.seconds.map { "\(NumberFormat.duration($0)) left" } ?? ""
          return "trial \(finished + 1) of \(total): \(prefix)\(trial)  "
            + "loss \(NumberFormat.significant(loss, digits: 3))  \(left)"
        }
      },
      onFinish: { [self] trial, end in
        finished += 1
        time.finish()
        progress.clear()
        printing.note("[\(finished)/\(total)] \(prefix)\(trial): \(TrainingTable.sentence(end))")
      },
      shouldStop: { Interrupt.isRequested })
  }
}
