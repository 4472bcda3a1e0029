import BatchFoundation
import BatchScience

/// The tables of a sweep.
enum SweepTables {
  /// A row for each batch size: means over the seeds, with standard deviations.
  static func summary(_ analysis: SweepAnalysis, plan: SweepPlan) -> TextTable {
    let text = MeasureText(measure: analysis.measure)
    let measure = analysis.measure.rawValue
    var table = TextTable(columns: [
      TextTable.Column("batch_size", "batch size"), TextTable.Column("seeds", "seeds"),
      TextTable.Column("updates", "updates"), TextTable.Column("test_\(measure)", "test \(measure)"),
      TextTable.Column("validation_\(measure)", "validation \(measure)"),
      TextTable.Column("gap", "gap"), TextTable.Column("volatility", "volatility"),
      TextTable.Column("ensemble_\(measure)", "ensemble"), TextTable.Column("seconds_per_epoch", "time per epoch"),
      TextTable.Column("seconds_per_epoch_low", "", isForMachines: true),
      TextTable.Column("seconds_per_epoch_high", "", isForMachines: true),
      TextTable.Column("elapsed_seconds_per_epoch", "elapsed"),
      TextTable.Column("examples_per_second", "examples/s"), TextTable.Column("diverged", "diverged"),
    ])
    for summary in analysis.summaries {
      func sample(_ sample: Sample, _ format: (Double) -> String) -> TextTable.Cell {
        .number(sample.count > 0 ? sample.mean : nil, format)
      }
      table.append([
        .integer(summary.batchSize), .integer(summary.trials.count), .integer(summary.updates),
        sample(summary.test) { _ in text.spread(summary.test) },
        sample(summary.validation) { _ in text.spread(summary.validation) },
        sample(summary.generalisationGap, text.value), sample(summary.volatility, deviation(analysis.measure)),
        .number(analysis.ensembles[summary.batchSize], text.value),
        .number(summary.secondsPerEpoch.quietValue, NumberFormat.duration),
        .number(summary.secondsPerEpoch.quietInterval?.lowerBound, NumberFormat.plain),
        .number(summary.secondsPerEpoch.quietInterval?.upperBound, NumberFormat.plain),
        sample(summary.elapsedSecondsPerEpoch, NumberFormat.duration),
        .number(summary.examplesPerSecond.quietValue) { NumberFormat.significant($0, digits: 3) },
        .integer(summary.divergedCount),
      ])
    }
    return table
  }

  private static func deviation(_ measure: RunMeasure) -> (Double) -> String {
    { measure == .accuracy ? NumberFormat.percent($0, decimals: 2) : NumberFormat.significant($0, digits: 2) }
  }

  /// A row for each evaluation of each trial, in full precision: the study's `results.csv`.
  ///
  /// Its seconds are those of a quiet machine, where it got quiet.
  static func evaluations(_ runs: [TrainedRun]) -> TextTable {
    var table = TextTable(
      columns: [
        "batch_size", "seed", "update", "epoch", "examples", "seconds", "seconds_low", "seconds_high",
        "elapsed_seconds", "batch_loss", "training_loss", "training_accuracy", "validation_loss", "validation_accuracy",
        "distance", "gradient_norm",
      ].map { TextTable.Column($0, $0) })
    for run in runs {
      for (index, record) in run.evaluations.enumerated() {
        let seconds = run.quietSeconds?[index]
        let values: [Double?] = [
          Double(run.batchSize), Double(run.seed), Double(record.update), record.epoch, Double(record.examples),
          seconds?.value, seconds?.interval.lowerBound, seconds?.interval.upperBound, record.seconds, record.batchLoss,
          record.trainingLoss, record.trainingAccuracy, record.validationLoss, record.validationAccuracy,
          record.distance, record.gradientNorm,
        ]
        table.append(values.map { .number($0, NumberFormat.plain) })
      }
    }
    return table
  }
}
