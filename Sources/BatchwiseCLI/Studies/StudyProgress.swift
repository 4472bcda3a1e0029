import ArgumentParser
import Batchwise

/// What a study tells while it runs: how much is left, the running trial, and how each one ended.
final class StudyProgress<Report: StudyReport> {
  private let printing: OutputOptions
  private let total: Int
  private var progress: ProgressLine
  private var time: RemainingTime
  private var finished: Int

  /// The progress of a study that is open.
  init<Measurement>(
    _ study: Study<Measurement>, printing: OutputOptions
  ) where Measurement.Plan == Report.Plan {
    self.printing = printing
    total = study.trialCount
    progress = ProgressLine(quiet: printing.quiet)
    time = RemainingTime(batchSizes: study.remaining.map(\.batchSize))
    finished = study.trialCount - study.remaining.count
  }

  /// Says what there is to do and does it; an interruption ends the tool after saying how to resume.
  func run<Measurement>(
    _ study: Study<Measurement>, folder: String
  ) throws where Measurement.Plan == Report.Plan {
    if let reason = study.lostStepTimes {
      let reason = reason.prefix(1).uppercased() + reason.dropFirst()
      printing.note(
        "\(reason). They are timed anew; trials that are there and follow again are taken, the others stay.")
    }
    if !study.settingDifferences.isEmpty {
      printing.note(
        "Going on with other settings: \(study.settingDifferences.joined(separator: "; ")). Trials that are there and follow "
          + "by them are taken, the others stay.")
    }
    if study.lostStepTimes == nil { noteWhatIsLeft(folder) }
    Interrupt.catchSignals()
    do {
      try study.run(observer)
    } catch StudyError.interrupted {
      progress.clear()
      Console.note("Interrupted. Finished trials are safe in \(folder); the same command resumes it.")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
  }

  private func noteWhatIsLeft(_ folder: String) {
    switch (finished, total - finished) {
    case (let done, 1) where Report.Plan.isAdaptive:
      printing.note(
        done == 0
          ? "Training into \(folder); which run follows hangs on those before it."
          : "Resuming: \(NumberFormat.count(done, "trial")) \(done == 1 ? "is" : "are") done.")
    case (0, 0): printing.note("No trial belongs to this shard; nothing left to do.")
    case (1, 0): printing.note("The only trial is done; nothing left to do.")
    case (let done, 0): printing.note("All \(NumberFormat.count(done, "trial")) are done; nothing left to do.")
    case (0, let count): printing.note("Training \(NumberFormat.count(count, "trial")) into \(folder).")
    case (let done, let count):
      printing.note(
        "Resuming: \(NumberFormat.count(done, "trial")) \(done == 1 ? "is" : "are") done, "
          + "\(NumberFormat.grouped(count)) \(count == 1 ? "is" : "are") left.")
    }
  }

  /// ` of 12`, where that is known.
  private var count: String { Report.Plan.isAdaptive ? "" : " of \(total)" }

  private var observer: StudyObserver<Report.Plan> {
    StudyObserver(
      onTiming: { [self] share in progress.draw(share: share) { "timing steps of each batch size" } },
      onStart: { [self] trial in time.start(batchSize: trial.batchSize) },
      onProgress: { [self] trial, share, figure in
        time.update(share: share)
        // How many trials an adaptive study comes to is not known before its end.
        let done = Report.Plan.isAdaptive ? share : (Double(finished) + share) / Double(total)
        progress.draw(share: done) {
          let left = Report.Plan.isAdaptive ? nil : time.seconds.map { "\(NumberFormat.duration($0)) left" }
          let number = figure.map { "\($0.name) \(NumberFormat.significant($0.value, digits: 3))  " } ?? ""
          return "trial \(finished + 1)\(count): \(trial)  \(number)\(left ?? "")"
        }
      },
      onFinish: { [self] trial, outcome in
        finished += 1
        time.finish()
        progress.clear()
        let count = Report.Plan.isAdaptive ? "" : "/\(total)"
        printing.note("[\(finished)\(count)] \(trial): \(Report.sentence(outcome))")
      },
      shouldStop: { Interrupt.isRequested })
  }
}
