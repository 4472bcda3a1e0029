import BatchProfiling

/// What a sweep shows: a summary for each batch size, and comparisons between them.
public struct SweepAnalysis: Sendable {
  /// The number by which runs are compared.
  public let measure: RunMeasure
  /// A summary for each batch size with a finished trial, ascending.
  public let summaries: [BatchSizeSummary]
  /// For each batch size the measure on the test part of the averaged predictions of its seeds; none below two seeds.
  public let ensembles: [Int: Double]

  /// Analyses what is there of a study.
  public init(_ results: StudyResults<SweepPlan>) {
    let runs = results.runs
    let measure = RunMeasure.of(runs)
    self.measure = measure
    summaries = BatchSizeSummary.summaries(of: runs, sizes: results.plan.batchSizes, measure: measure)
    var ensembles: [Int: Double] = [:]
    if let targets = results.arrays[TrainingArrays.testTargets] {
      for summary in summaries {
        ensembles[summary.batchSize] = SeedEnsemble.score(
          summary.trials.compactMap(\.predictions), targets: targets, measure: measure)
      }
    }
    self.ensembles = ensembles
  }

  /// The batch sizes with at least one trial that did not diverge.
  public var learners: [BatchSizeSummary] { summaries.filter { !$0.trials.isEmpty } }

  /// The batch sizes that can be compared by a budget: by seconds those with quiet ones.
  public func comparable(by budget: TrainingBudget) -> [BatchSizeSummary] {
    budget == .seconds ? learners.filter(\.hasQuietSeconds) : learners
  }

  /// The batch sizes by their test measure at the end of training.
  public var testRanking: SeedRanking<Int> {
    SeedRanking(
      measure: measure, entries: learners.map { SeedRanking.Entry($0.batchSize, bySeed: $0.testBySeed) })
  }

  /// The largest amount of a budget that every run had that can be compared by it; nil without such runs.
  public func common(_ budget: TrainingBudget) -> Double? {
    comparable(by: budget).flatMap(\.trials).compactMap { $0.used(budget).last }.min()
  }

  /// The validation measure of each batch size when every run had used the same amount of a budget; nil where there is
  /// none, or only one of several could be compared.
  public func comparison(at budget: TrainingBudget) -> MatchedComparison? {
    let summaries = comparable(by: budget)
    guard let amount = common(budget), summaries.count > 1 || learners.count == 1 else { return nil }
    let entries = summaries.map { summary in
      func bySeed(_ part: KeyPath<BootstrapEstimate, Double>) -> [UInt64: Double] {
        Dictionary(
          uniqueKeysWithValues: summary.trials.compactMap { run in
            let used = run.used(budget, seconds: part)
            // At the lower end of its interval a run may end before the common amount: its last evaluation then counts.
            return summary.validation(of: run, at: min(amount, used.last ?? amount), used: used).map { (run.seed, $0) }
          })
      }
      return SeedRanking.Entry(
        summary.batchSize, bySeed: bySeed(\.value),
        others: budget == .seconds ? [bySeed(\.interval.lowerBound), bySeed(\.interval.upperBound)] : [])
    }
    return MatchedComparison(
      budget: budget, amount: amount, ranking: SeedRanking(measure: measure, entries: entries))
  }
}

/// Batch sizes compared at the same amount of one budget.
public struct MatchedComparison: Sendable {
  /// What all runs had the same amount of.
  public let budget: TrainingBudget
  /// How much of it.
  public let amount: Double
  /// The batch sizes with their validation measures.
  public let ranking: SeedRanking<Int>
}
