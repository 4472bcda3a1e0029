public import BatchData
public import BatchTraining

/// What the trials of a rules study will take, from a few measured steps at each batch size.
public struct RulesCost: Sendable {
  /// The cost of one batch size, and how many trials have it.
  public struct Entry: Sendable {
    /// The cost of a trial; no rule makes a step dearer.
    public let trial: SweepCost.Entry
    /// The number of trials, of all variants and seeds.
    public let trialCount: Int

    /// The seconds of training of all of them.
    public var seconds: Double { trial.secondsPerTrial * Double(trialCount) }
  }

  /// The batch sizes, ascending.
  public let entries: [Entry]

  /// The number of trials of the whole plan.
  public var trialCount: Int { entries.reduce(0) { $0 + $1.trialCount } }
  /// The seconds of training of the whole plan.
  public var seconds: Double { entries.reduce(0) { $0 + $1.seconds } }

  /// Times a few steps at each batch size of the plan.
  ///
  /// - Throws: ``StudyError/training(_:)`` when the plan cannot be trained.
  public init(plan: RulesPlan, data: DataSplits, model: Sequential) throws(StudyError) {
    try plan.check()
    let trials = plan.trials
    entries = try SweepCost(plan: plan.common, data: data, model: model).entries.map { entry in
      Entry(trial: entry, trialCount: trials.count { $0.trial.batchSize == entry.batchSize })
    }
  }
}
