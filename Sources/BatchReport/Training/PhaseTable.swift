public import BatchTraining

/// Where the time of a run's steps went, by phase.
public enum PhaseTable {
  /// A row a phase: its time in a step and its share.
  public static func table(_ times: StepPhaseTimes, updates: Int) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("phase", "phase"), TextTable.Column("seconds_per_step", "a step"),
      TextTable.Column("share", "share"),
    ])
    let total = times.totalSeconds
    for phase in StepPhase.allCases where times.seconds(in: phase) > 0 {
      let seconds = times.seconds(in: phase)
      table.append([
        .text(phase.rawValue), .number(seconds / Double(max(1, updates)), NumberFormat.duration),
        .number(seconds / total) { NumberFormat.percent($0) },
      ])
    }
    table.append([
      .text("all"), .number(total / Double(max(1, updates)), NumberFormat.duration),
      .number(1) { NumberFormat.percent($0) },
    ])
    return table
  }
}
