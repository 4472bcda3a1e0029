public import BatchScience

/// What a study will take: a row for each batch size and one for the whole.
public enum StudyCostTable {
  /// The table of a measured cost.
  public static func table(_ cost: StudyCost) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("batch_size", "batch size", isNumeric: false), TextTable.Column("trials", "trials"),
      TextTable.Column("updates", "updates a trial"), TextTable.Column("seconds_per_step", "time per step"),
      TextTable.Column("seconds", "training time"),
    ])
    for entry in cost.entries {
      table.append([
        TextTable.Cell.integer(entry.batchSize), .integer(entry.trialCount), .integer(entry.updates),
        .number(entry.secondsPerStep, NumberFormat.duration), .number(entry.seconds, NumberFormat.duration),
      ])
    }
    table.append([
      .text("all"), .integer(cost.trialCount), .missing, .missing, .number(cost.seconds, NumberFormat.duration),
    ])
    return table
  }
}
