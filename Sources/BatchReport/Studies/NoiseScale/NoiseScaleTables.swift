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
    func epoch(_ key: String, _ title: String, _ point: @escaping (Run) -> NoiseScaleAnalysis.Point?) -> TableField<Run>
    {
      .number(key, title, { point($0)?.epoch }, as: { NumberFormat.significant($0, digits: 2) })
    }
    let settings: [TableField<Run>] = [
      .number("learning_rate", "rate", { $0.trial.learningRate }, as: NumberFormat.plain),
      .integer("batch_size", "batch") { $0.trial.batchSize }, .integer("seed", "seed") { Int(clamping: $0.trial.seed) },
    ]
    return TextTable(
      analysis.runs,
      fields: settings + estimate("first", "first noise scale") { $0.known.first }
        + [epoch("first_epoch", "at epoch") { $0.known.first }]
        + estimate("last", "last noise scale") { $0.known.last }
        + [
          epoch("last_epoch", "at epoch") { $0.known.last },
          .integer("windows", "windows") { $0.points.count },
          .integer("enough", "with enough evidence") { $0.known.count },
          TableField("diverged_at_update", "diverged at update") { run in
            .number(run.divergedAtUpdate.map(Double.init), NumberFormat.whole)
          },
        ])
  }

  /// A row for each window of each run and layer, and for each moment of which the exact noise scale is known.
  static func windows(_ analysis: NoiseScaleAnalysis) -> TextTable {
    var table = TextTable(
      columns: [
        "learning_rate", "batch_size", "seed", "layer", "of", "epoch", "training_loss", "noise_scale", "low", "high",
        "probes", "enough", "exact", "note",
      ].map { TextTable.Column($0, $0) })
    for run in analysis.runs {
      func append(
        _ layer: String?, _ kind: String, _ epoch: Double, _ loss: Double?, _ e: Measurement?, _ exact: Double?
      ) {
        func number(_ value: Double?) -> TextTable.Cell { .number(value, NumberFormat.plain) }
        table.append([
          number(run.trial.learningRate), .integer(run.trial.batchSize), .integer(Int(clamping: run.trial.seed)),
          .text(layer ?? "all"), .text(kind), number(epoch), number(loss), number(e?.value), number(e?.low),
          number(e?.high), e.map { .integer($0.probes) } ?? .missing, .flag(e?.value != nil), number(exact),
          e?.note.map { .text($0) } ?? .missing,
        ])
      }
      for point in run.points { append(nil, "window", point.epoch, point.trainingLoss, point.estimate, nil) }
      for (layer, points) in run.layers {
        for point in points { append(layer, "window", point.epoch, point.trainingLoss, point.estimate, nil) }
      }
      for moment in run.moments { append(moment.layer, "moment", moment.epoch, nil, moment.estimate, moment.exact) }
    }
    return table
  }
}
