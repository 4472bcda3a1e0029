import BatchFoundation
public import BatchProfiling

/// What a study of steps to a goal shows: the tuned rate, the steps and the seconds of each batch size, and the hyperbola
/// through them.
public struct StepsToGoalAnalysis: Sendable {
  /// What a batch size has shown.
  public struct Size: Sendable {
    /// The batch size.
    public let batch: Int
    /// How each rate did in the mean over its seeds, restarts included; no steps where none reached the goal.
    public let search: [RateSearch.Trial]
    /// The best of them; nil where none has reached the goal.
    public var best: RateSearch.Trial?
    /// Whether rates on both sides of the best did worse.
    public let isInterior: Bool
    /// The runs with the best rate that reached the goal, each with the updates of those before it that did not: the run
    /// of the search, whose steps are the least of several, only where there is no other.
    public var runs: [StepsToGoal]
    /// The number of runs with the best rate that did not reach it, whose updates the others count.
    public var lostCount: Int
    /// The number of runs that were made.
    public let runCount: Int
    /// The number of those whose loss ceased to be a number.
    public let divergedCount: Int
    /// The seconds of a step on the quiet machine; nil where it was not timed on one.
    public let secondsPerStep: BootstrapEstimate?

    /// The mean updates to the goal over the seeds, restarts included; nil where no rate reached it.
    public var meanSteps: Double? {
      runs.isEmpty ? nil : runs.reduce(0) { $0 + $1.steps } / Double(runs.count)
    }
    /// The 95 % interval of it; nil below two runs.
    public var stepsInterval: ClosedRange<Double>? { Sample(runs.map(\.steps)).interval }
    /// The mean seconds of training to the goal.
    public var meanSeconds: Double? { meanSteps.flatMap { steps in secondsPerStep.map { steps * $0.value } } }
  }

  /// The batch sizes with a finished run, ascending.
  public let sizes: [Size]
  /// The hyperbola through the steps; nil where too few sizes reached the goal.
  public let fit: HyperbolaFit?

  /// Analyses what is there of a study.
  public init(_ results: StudyResults<StepsToGoalPlan>) { self.init(runsOf: results) }

  /// Analyses the same of a study of another kind.
  init<Plan: GoalStudyPlan>(runsOf results: StudyResults<Plan>) {
    let sizes: [Size] = results.plan.common.batchSizes.compactMap { batch in
      let all = results.trials.filter { $0.trial.batchSize == batch }
      guard !all.isEmpty else { return nil }
      let tuned = TunedBatch(batch, results.trials, of: results.plan.common)
      return Size(
        batch: batch, search: tuned.rates.map { RateSearch.Trial($0.point, steps: $0.mean) },
        best: tuned.best.map { RateSearch.Trial($0.point, steps: $0.mean) },
        isInterior: RateSearch.isInterior(tuned.trials), runs: tuned.measurements,
        lostCount: tuned.counted.count { $0.steps == nil }, runCount: all.count,
        divergedCount: all.count { $0.outcome.end == .diverged }, secondsPerStep: results.curve?[batch])
    }
    self.sizes = sizes
    fit = try? HyperbolaFit(sizes.flatMap(\.runs))
  }

  /// The batch size of the least mean seconds; nil where none was timed.
  public var fastest: Size? {
    sizes.filter { $0.meanSeconds != nil }.min { ($0.meanSeconds ?? .infinity) < ($1.meanSeconds ?? .infinity) }
  }
}
