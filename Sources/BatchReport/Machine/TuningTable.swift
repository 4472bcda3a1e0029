public import BatchAlgebra
public import BatchProfiling

/// What a tuning run measured.
public enum TuningTable {
  /// The columns of a tuning, before it has rows.
  public static var empty: TextTable {
    TextTable(columns: [
      TextTable.Column("precision", "precision", isNumeric: false),
      TextTable.Column("threshold", "threshold", isNumeric: false), TextTable.Column("at", "at"),
      // The time of the way for smaller values, or of the own kernel, over that of the way for larger ones, or of OpenBLAS.
      TextTable.Column("ratio", "first way / second"),
      TextTable.Column("chosen", "chosen", isNumeric: false),
      TextTable.Column("default", "default", isNumeric: false),
    ])
  }

  /// Adds a row for each comparison of a tuner; the threshold is named where it was found.
  public static func append<S: Scalar>(
    _ tuner: GEMMTuner<S>, _ instructionSet: InstructionSet, to table: inout TextTable
  ) {
    for comparison in tuner.comparisons {
      table.append([
        .text(S.precision.rawValue), .text("\(comparison.subject)"), .integer(comparison.value),
        .number(comparison.ratio) { NumberFormat.fixed($0, decimals: 2) },
        .text(value(comparison.subject, in: tuner.thresholds)),
        .text(value(comparison.subject, in: .defaults(for: instructionSet, S.precision))),
      ])
    }
  }

  private static func value<S>(_ subject: GEMMTuner<S>.Subject, in thresholds: GEMMThresholds) -> String {
    switch subject {
    case .ntPackedBatch: "\(thresholds.ntPackedBatch)"
    case .contractionCutBatch: "\(thresholds.contractionCutBatch)"
    case .smallestSharedWork: "\(thresholds.smallestSharedWork)"
    case .openBLASPanels(let pass): "\(thresholds.openBLASPanels[pass])"
    case .openBLASTransposed(let pass): "\(thresholds.openBLASTransposed[pass])"
    }
  }
}
