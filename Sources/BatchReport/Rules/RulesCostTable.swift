public import BatchScience

/// What a rules study will take: a row for each batch size and one for the whole.
public enum RulesCostTable {
  /// The table of a measured cost.
  public static func table(_ cost: RulesCost) -> TextTable {
    SweepCostTable.table(cost.entries.map { ($0.trial, trials: $0.trialCount) })
  }
}
