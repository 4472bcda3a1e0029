public import BatchScience

/// What a rules study will take: a row for each batch size and one for the whole.
public enum RulesCostTable {
  /// The table of a measured cost.
  public static func table(_ cost: RulesCost) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("batch_size", "batch size", isNumeric: false), TextTable.Column("trials", "trials"),
      TextTable.Column("updates", "updates a trial"), TextTable.Column("seconds_per_step", "time per step"),
      TextTable.Column("seconds", "training time"),
    ])
    for entry in cost.entries {
      table.append([
        .integer(entry.trial.batchSize), .integer(entry.trialCount), .integer(entry.trial.updates),
        .number(entry.trial.secondsPerStep, NumberFormat.duration), .number(entry.seconds, NumberFormat.duration),
      ])
    }
    table.append([
      .text("all"), .integer(cost.trialCount), .missing, .missing, .number(cost.seconds, NumberFormat.duration),
    ])
    return table
  }
}
