public import BatchFoundation

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
    let runs = results.trials.map { TrainedRun($0) }
    let measure = RunMeasure.of(runs)
    self.measure = measure
    summaries = results.plan.batchSizes.compactMap { size in
      let runs = runs.filter { $0.batchSize == size }
      return runs.isEmpty ? nil : BatchSizeSummary(batchSize: size, trials: runs, measure: measure)
    }
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

  /// The largest amount of a budget that every run had; nil without runs.
  public func common(_ budget: TrainingBudget) -> Double? {
    learners.flatMap(\.trials).map { budget.used($0.last) }.min()
  }

  /// The validation measure of each batch size when every run had used the same amount of a budget.
  public func comparison(at budget: TrainingBudget) -> MatchedComparison? {
    guard let amount = common(budget) else { return nil }
    let entries = learners.map { summary in
      MatchedComparison.Entry(
        batchSize: summary.batchSize,
        bySeed: Dictionary(
          uniqueKeysWithValues: summary.trials.compactMap { run in
            summary.validation(of: run, at: amount, of: budget).map { (run.seed, $0) }
          }))
    }
    return MatchedComparison(budget: budget, amount: amount, measure: measure, entries: entries)
  }
}

/// Batch sizes compared at the same amount of one budget.
public struct MatchedComparison: Sendable {
  /// One batch size's validation measures.
  public struct Entry: Sendable {
    /// The batch size.
    public let batchSize: Int
    /// The measure of each seed.
    public let bySeed: [UInt64: Double]

    /// The measures as a sample.
    public var sample: Sample { Sample(bySeed.sorted { $0.key < $1.key }.map(\.value)) }
  }

  /// What all runs had the same amount of.
  public let budget: TrainingBudget
  /// How much of it.
  public let amount: Double
  /// The number that is compared.
  public let measure: RunMeasure
  /// The batch sizes, ascending.
  public let entries: [Entry]

  /// The batch size with the best mean.
  public var best: Entry? {
    entries.max { a, b in
      measure.moreIsBetter ? a.sample.mean < b.sample.mean : a.sample.mean > b.sample.mean
    }
  }

  /// The batch sizes that the seeds cannot tell from the best.
  ///
  /// The 95 % interval of the difference, paired by seed, holds zero. With one seed nothing can be told apart and only
  /// the best itself is named.
  public var indistinguishableFromBest: [Entry] {
    guard let best else { return [] }
    return entries.filter { entry in
      guard entry.batchSize != best.batchSize else { return true }
      let differences = best.bySeed.keys.sorted().compactMap { seed in
        entry.bySeed[seed].map { $0 - (best.bySeed[seed] ?? $0) }
      }
      return Sample(differences).interval?.contains(0) ?? false
    }
  }
}
