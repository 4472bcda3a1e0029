import BatchAlgebra
public import BatchFoundation
import BatchProfiling
import BatchTraining

/// What the finished trials of one batch size show, over the seeds.
public struct BatchSizeSummary: Sendable {
  /// The batch size.
  public let batchSize: Int
  /// The trials that finished.
  public let trials: [TrainedRun]
  /// The number of trials whose loss ceased to be a number.
  public let divergedCount: Int
  /// The number by which runs are compared.
  public let measure: RunMeasure

  init(batchSize: Int, trials: [TrainedRun], measure: RunMeasure) {
    self.batchSize = batchSize
    self.trials = trials.filter { $0.outcome.divergedAtUpdate == nil }
    divergedCount = trials.count - self.trials.count
    self.measure = measure
  }

  /// A summary for each of the sizes that has runs.
  static func summaries(of runs: [TrainedRun], sizes: [Int], measure: RunMeasure) -> [BatchSizeSummary] {
    let runs = Dictionary(grouping: runs, by: \.batchSize)
    return sizes.compactMap { size in
      runs[size].map { BatchSizeSummary(batchSize: size, trials: $0, measure: measure) }
    }
  }

  /// The measure on the test part at the end of training.
  public var test: Sample { Sample(trials.compactMap { measure.test($0.outcome) }) }

  /// The measure on the test part at the end of training, by seed.
  var testBySeed: [UInt64: Double] {
    Dictionary(trials.compactMap { run in measure.test(run.outcome).map { (run.seed, $0) } }) { first, _ in first }
  }

  /// The measure on the validation part at the end of training.
  public var validation: Sample { Sample(trials.map { measure.validation($0.last) }) }

  /// The measure on the training part at the end of training.
  public var training: Sample { Sample(trials.map { measure.training($0.last) }) }

  /// How much better the measure is on the training part than on the validation part at the end of training.
  public var generalisationGap: Sample {
    Sample(
      trials.map {
        let gap = measure.training($0.last) - measure.validation($0.last)
        return measure.moreIsBetter ? gap : -gap
      })
  }

  /// The standard deviation of a run's validation measure over the epochs of its last third; needs two such epochs.
  public var volatility: Sample {
    Sample(
      trials.compactMap { trial in
        let ends = trial.epochEnds
        return Sample(ends.suffix((ends.count + 2) / 3).map(measure.validation)).deviation
      })
  }

  /// Whether the seconds of all runs are quiet ones: updates times step times.
  public var hasQuietSeconds: Bool { !trials.isEmpty && trials.allSatisfy { $0.quietSeconds != nil } }

  /// The seconds of training of a run.
  public var seconds: SecondsFigure { figure { _, seconds in seconds } }

  /// The seconds of training in an epoch.
  public var secondsPerEpoch: SecondsFigure { figure { $1 / $0.last.epoch } }

  /// The seconds of training of an update.
  public var secondsPerUpdate: SecondsFigure { figure { $1 / Double($0.last.update) } }

  /// The training examples a second.
  public var examplesPerSecond: SecondsFigure { figure { Double($0.last.examples) / $1 } }

  /// The seconds of training of a run by the clock, disturbed by whatever else ran.
  public var elapsedSeconds: Sample { Sample(trials.map(\.last.seconds)) }

  /// The seconds of training in an epoch by the clock.
  public var elapsedSecondsPerEpoch: Sample { Sample(trials.map { $0.last.seconds / $0.last.epoch }) }

  /// Something of runs and their seconds: by quiet ones where all runs have them, else by the clock.
  private func figure(_ quantity: (TrainedRun, Double) -> Double) -> SecondsFigure {
    guard hasQuietSeconds else { return SecondsFigure(elapsed: Sample(trials.map { quantity($0, $0.last.seconds) })) }
    func mean(_ part: KeyPath<BootstrapEstimate, Double>) -> Double {
      Sample(trials.map { run in quantity(run, run.quietSeconds?.last?[keyPath: part] ?? .nan) }).mean
    }
    let ends = [mean(\.interval.lowerBound), mean(\.interval.upperBound)].sorted()
    let isFinite = ends.allSatisfy(\.isFinite)
    return SecondsFigure(quiet: mean(\.value), interval: isFinite ? ends[0]...ends[1] : nil)
  }

  /// The distance of the parameters from their initial values at the end of training.
  public var distance: Sample { Sample(trials.map(\.last.distance)) }

  /// The mean norm of the batch gradients over the epochs of a run's last third.
  public var gradientNorm: Sample {
    Sample(
      trials.compactMap { trial in
        let ends = trial.epochEnds
        let norms = ends.suffix((ends.count + 2) / 3).compactMap(\.gradientNorm)
        return norms.isEmpty ? nil : Sample(norms).mean
      })
  }

  /// The number of updates of a whole run.
  public var updates: Int { trials.first?.last.update ?? 0 }

  /// The measure when a trial had used so much of a budget, between evaluations by linear interpolation.
  ///
  /// Nil for a trial that never had so much.
  public func validation(of trial: TrainedRun, at amount: Double, of budget: TrainingBudget) -> Double? {
    validation(of: trial, at: amount, used: trial.used(budget))
  }

  /// The same where it is known how much the trial had used at each evaluation.
  func validation(of trial: TrainedRun, at amount: Double, used: [Double]) -> Double? {
    let records = trial.evaluations
    guard let next = used.firstIndex(where: { $0 >= amount }) else { return nil }
    let upper = measure.validation(records[next])
    guard next > 0, used[next] > amount else { return upper }
    let lower = measure.validation(records[next - 1])
    return lower + (amount - used[next - 1]) / (used[next] - used[next - 1]) * (upper - lower)
  }

  /// The mean curve over the seeds: how much of a budget was used, and the validation measures then.
  ///
  /// Evaluations are paired by the number of updates; a curve ends where the first of its runs has ended.
  public func curve(over budget: TrainingBudget) -> [(used: Double, validation: Sample)] {
    let series = trials.map { run in
      Dictionary(zip(run.evaluations, run.used(budget)).map { ($0.update, (used: $1, record: $0)) }) { first, _ in first
      }
    }
    guard let first = trials.first else { return [] }
    return first.evaluations.compactMap { evaluation in
      let points = series.compactMap { $0[evaluation.update] }
      guard points.count == series.count else { return nil }
      return (Sample(points.map(\.used)).mean, Sample(points.map { measure.validation($0.record) }))
    }
  }
}
