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
        sample(summary.secondsPerEpoch, NumberFormat.duration),
        sample(summary.examplesPerSecond) { NumberFormat.significant($0, digits: 3) },
        .integer(summary.divergedCount),
      ])
    }
    return table
  }

  private static func deviation(_ measure: RunMeasure) -> (Double) -> String {
    { measure == .accuracy ? NumberFormat.percent($0, decimals: 2) : NumberFormat.significant($0, digits: 2) }
  }

  /// A row for each evaluation of each trial, in full precision: the study's `results.csv`.
  static func evaluations(_ results: StudyResults<SweepPlan>) -> TextTable {
    var table = TextTable(
      columns: [
        "batch_size", "seed", "update", "epoch", "examples", "seconds", "batch_loss", "training_loss",
        "training_accuracy", "validation_loss", "validation_accuracy", "distance", "gradient_norm",
      ].map { TextTable.Column($0, $0) })
    for trial in results.trials {
      for record in trial.records {
        let values: [Double?] = [
          Double(trial.trial.batchSize), Double(trial.trial.seed), Double(record.update), record.epoch,
          Double(record.examples), record.seconds, record.batchLoss, record.trainingLoss, record.trainingAccuracy,
          record.validationLoss, record.validationAccuracy, record.distance, record.gradientNorm,
        ]
        table.append(values.map { .number($0, NumberFormat.plain) })
      }
    }
    return table
  }
}
