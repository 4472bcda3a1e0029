import BatchScience
import BatchTraining

/// The tables of a study of the noise scale.
enum NoiseScaleTables {
  /// A row for each run.
  static func runs(_ analysis: NoiseScaleAnalysis) -> TextTable {
    typealias Run = NoiseScaleAnalysis.Run
    func estimate(
      _ key: String, _ title: String, _ point: @escaping (Run) -> NoiseScaleAnalysis.Point?
    )
      -> [TableField<Run>]
    {
      [
        TableField(key, title) { run in
          .number(point(run)?.estimate.value) { IntervalFormat.number($0, point(run)?.estimate.interval) }
        }
      ] + TableField.ends(key) { point($0)?.estimate.interval }
    }
    let settings: [TableField<Run>] = [
      .number("learning_rate", "rate", { $0.trial.learningRate }, as: NumberFormat.plain),
      .integer("batch_size", "batch") { $0.trial.batchSize }, .integer("seed", "seed") { Int(clamping: $0.trial.seed) },
    ]
    return TextTable(
      analysis.runs,
      fields: settings + estimate("first", "first noise scale") { $0.known.first }
        + estimate("last", "last noise scale") { $0.known.last }
        + [
          .integer("windows", "windows") { $0.points.count },
          .integer("enough", "with enough evidence") { $0.known.count },
          TableField("diverged_at_update", "diverged at update") { run in
            .number(run.divergedAtUpdate.map(Double.init), NumberFormat.whole)
          },
        ])
  }

  /// A row for each window of each run and layer.
  static func windows(_ analysis: NoiseScaleAnalysis) -> TextTable {
    var table = TextTable(
      columns: [
        "learning_rate", "batch_size", "seed", "layer", "epoch", "training_loss", "noise_scale", "low", "high",
        "probes",
        "enough", "exact", "fixed", "fixed_low", "fixed_high", "note",
      ].map { TextTable.Column($0, $0) })
    for run in analysis.runs {
      for (layer, points) in [(name: "all", points: run.points)] + run.layers {
        for point in points {
          let (trial, estimate) = (run.trial, point.estimate)
          func number(_ value: Double?) -> TextTable.Cell { .number(value, NumberFormat.plain) }
          table.append([
            number(trial.learningRate), .integer(trial.batchSize), .integer(Int(clamping: trial.seed)), .text(layer),
            number(point.epoch), number(point.trainingLoss), number(estimate.value), number(estimate.low),
            number(estimate.high), .integer(estimate.probes), .flag(estimate.value != nil), number(point.exact),
            number(point.fixed?.value), number(point.fixed?.low), number(point.fixed?.high),
            estimate.note.map { .text($0) } ?? .missing,
          ])
        }
      }
    }
    return table
  }
}
