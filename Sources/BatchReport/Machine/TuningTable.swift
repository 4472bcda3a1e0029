public import BatchAlgebra
public import BatchProfiling

/// What a tuning run measured.
public enum TuningTable {
  /// The columns of the rows that ``append(_:to:)`` adds.
  public static var empty: TextTable {
    TextTable(columns: [
      TextTable.Column("precision", "precision", isNumeric: false),
      TextTable.Column("threshold", "threshold", isNumeric: false), TextTable.Column("at", "at"),
      TextTable.Column("ratio", "time below / above"), TextTable.Column("chosen", "chosen"),
      TextTable.Column("default", "default"),
    ])
  }

  /// Adds a row for each comparison of a tuner; the threshold is named where it was found.
  public static func append<S: Scalar>(_ tuner: GEMMTuner<S>, to table: inout TextTable) {
    for comparison in tuner.comparisons {
      table.append([
        .text("\(S.self)".lowercased()), .text(comparison.subject.rawValue), .integer(comparison.value),
        .number(comparison.ratio) { NumberFormat.fixed($0, decimals: 2) },
        .integer(value(comparison.subject, in: tuner.thresholds)),
        .integer(value(comparison.subject, in: .defaults)),
      ])
    }
  }

  private static func value<S>(_ subject: GEMMTuner<S>.Comparison.Subject, in thresholds: GEMMThresholds) -> Int {
    switch subject {
    case .mirroredBatch: thresholds.mirroredBatch
    case .contractionCutBatch: thresholds.contractionCutBatch
    case .smallestSharedWork: thresholds.smallestSharedWork
    }
  }
}
