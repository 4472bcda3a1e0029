public import BatchScience

/// What a sweep will take: a row for each batch size and one for the whole.
public enum SweepCostTable {
  /// The table of a measured cost.
  public static func table(_ cost: SweepCost, plan: SweepPlan) -> TextTable {
    table(cost.entries.map { ($0, trials: plan.seeds.count) })
  }

  /// The table of batch sizes and of how many trials each has.
  static func table(_ rows: [(entry: SweepCost.Entry, trials: Int)]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("batch_size", "batch size", isNumeric: false), TextTable.Column("trials", "trials"),
      TextTable.Column("updates", "updates a trial"), TextTable.Column("seconds_per_step", "time per step"),
      TextTable.Column("seconds", "training time"),
    ])
    for (entry, trials) in rows {
      table.append([
        TextTable.Cell.integer(entry.batchSize), .integer(trials), .integer(entry.updates),
        .number(entry.secondsPerStep, NumberFormat.duration),
        .number(entry.secondsPerTrial * Double(trials), NumberFormat.duration),
      ])
    }
    table.append([
      .text("all"), .integer(rows.reduce(0) { $0 + $1.trials }), .missing, .missing,
      .number(rows.reduce(0) { $0 + $1.entry.secondsPerTrial * Double($1.trials) }, NumberFormat.duration),
    ])
    return table
  }
}
