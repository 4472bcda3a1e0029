import BatchAlgebra
public import BatchFoundation
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

  /// The measure on the test part at the end of training.
  public var test: Sample { Sample(trials.compactMap { measure.test($0.outcome) }) }

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

  /// The seconds of training in an epoch.
  public var secondsPerEpoch: Sample { Sample(trials.map { $0.last.seconds / $0.last.epoch }) }

  /// The training examples a second.
  public var examplesPerSecond: Sample { Sample(trials.map { Double($0.last.examples) / $0.last.seconds }) }

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
    let records = trial.evaluations
    guard let next = records.firstIndex(where: { budget.used($0) >= amount }) else { return nil }
    let upper = records[next]
    guard next > 0, budget.used(upper) > amount else { return measure.validation(upper) }
    let lower = records[next - 1]
    let share = (amount - budget.used(lower)) / (budget.used(upper) - budget.used(lower))
    return measure.validation(lower) + share * (measure.validation(upper) - measure.validation(lower))
  }

  /// The mean curve over the seeds: how much of a budget was used, and the validation measures then.
  ///
  /// Evaluations are paired by the number of updates; a curve ends where the first of its runs has ended.
  public func curve(over budget: TrainingBudget) -> [(used: Double, validation: Sample)] {
    let series = trials.map { run in Dictionary(run.evaluations.map { ($0.update, $0) }) { first, _ in first } }
    guard let first = trials.first else { return [] }
    return first.evaluations.compactMap { evaluation in
      let records = series.compactMap { $0[evaluation.update] }
      guard records.count == series.count else { return nil }
      return (Sample(records.map(budget.used)).mean, Sample(records.map(measure.validation)))
    }
  }
}
