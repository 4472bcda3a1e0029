import BatchFoundation
import BatchScience

/// The tables of a study of branches.
enum BranchTables {
  /// A row for each moment.
  static func moments(_ analysis: BranchAnalysis) -> TextTable {
    typealias Moment = BranchAnalysis.Moment
    func loss(_ key: String, _ title: String, _ sample: @escaping (Moment) -> Sample) -> TableField<Moment> {
      .number(
        key, title, { sample($0).count > 0 ? sample($0).mean : nil },
        as: { NumberFormat.significant($0, digits: 4) })
    }
    let fields: [TableField<Moment>] =
      [
        .number("epoch", "epoch", { $0.epoch }, as: { NumberFormat.significant($0, digits: 3) }),
        .integer("update", "update") { $0.update }, loss("loss_before", "loss before") { $0.losses.before },
        loss("loss_after", "after the pilot's batch") { $0.losses.after },
        TableField("largest_batch", "largest batch without loss") { moment in
          .number(moment.localCriticalBatch?.value) {
            IntervalFormat.number($0, moment.localCriticalBatch?.interval) + (moment.isBeyond ? " or more" : "")
          }
        },
      ] + TableField.ends("largest_batch") { $0.localCriticalBatch?.interval }
      + [
        TableField("beyond", "beyond the sizes tried", isNumeric: false) { .flag($0.isBeyond) },
        TableField("critical_batch", "critical batch by progress") { moment in
          .number(known(moment)?.value) { IntervalFormat.number($0, known(moment)?.interval) }
        },
      ] + TableField.ends("critical_batch") { known($0)?.interval }
      + [
        .number(
          "tolerance_share", "tolerance over the gain", { $0.toleranceShare }, as: { NumberFormat.percent($0) }),
        .integer("diverged", "diverged branches") { $0.branches.reduce(0) { $0 + $1.divergedCount } },
        .text("critical_batch_note", "note", isForMachines: true) { known($0) == nil ? note($0) : nil },
      ]
    return TextTable(analysis.moments, fields: fields)
  }

  private static func known(
    _ moment: BranchAnalysis.Moment
  ) -> (value: Double, interval: ClosedRange<Double>?)? {
    guard case .known(let value, let interval) = moment.progressCriticalBatch else { return nil }
    return (value, interval)
  }

  private static func note(_ moment: BranchAnalysis.Moment) -> String {
    BranchReport.text(moment.progressCriticalBatch)
  }

  /// A row for each branch of each seed, with the share of progress over all seeds of the best rule of each multiple.
  static func branches(_ results: StudyResults<BranchPlan>, _ analysis: BranchAnalysis) -> TextTable {
    var table = TextTable(
      columns: [
        "seed", "epoch", "update", "multiple", "batch_size", "rule", "learning_rate", "loss", "diverged_at_update",
        "chosen", "progress", "fitted", "fit",
      ].map { TextTable.Column($0, $0) })
    func number(_ value: Double?) -> TextTable.Cell { .number(value, NumberFormat.plain) }
    for result in results.trials {
      for (moment, ends) in zip(analysis.moments, result.outcome.moments) {
        for end in ends {
          // What is said of a multiple is said of its best rule.
          let branch = moment.branches.first { $0.multiple == end.multiple && $0.rule == end.rule }
          table.append([
            .integer(Int(clamping: result.trial.seed)), number(moment.epoch), .integer(moment.update),
            .integer(end.multiple), .integer(end.multiple * analysis.batchSize), .text(end.rule),
            number(end.learningRate), number(end.loss), number(end.divergedAtUpdate.map(Double.init)),
            .flag(branch != nil), number(branch?.progress), .flag(branch?.isFitted ?? false),
            number(moment.fittedProgress(Double(end.multiple))),
          ])
        }
      }
    }
    return table
  }
}
