import BatchFoundation

/// What a test of a recommendation shows: the true time to the goal at each batch size, what the recommended one loses
/// against the best, and whether what was foretold holds the truth.
public struct VerifyAnalysis: Sendable {
  /// The recommended batch against another.
  public struct Regret: Sendable, Hashable {
    /// The fastest batch of those that were tried.
    public var best: Int
    /// By how much the mean time at the recommended batch is above that at the best, as a share; 0 where it is the best.
    public var value: Double
    /// The 95 % interval over the seeds, paired; nil where it is the best itself.
    public var interval: ClosedRange<Double>?
  }

  /// What was measured at each batch size.
  public let sizes: [StepsToGoalAnalysis.Size]
  /// The batch size that was recommended.
  public let recommended: StepsToGoalAnalysis.Size?
  /// What the recommended batch loses; nil where no time of it is known.
  public let regret: Regret?
  /// Whether the mean updates lie in the interval that was foretold; nil where they are not known.
  public let holdsSteps: Bool?
  /// Whether the mean seconds do.
  public let holdsSeconds: Bool?
  /// The seconds on the clock that the test took.
  public let spentSeconds: Double

  /// Analyses what is there of a test.
  public init(_ results: StudyResults<VerifyPlan>) {
    let recommendation = results.plan.recommendation
    let sizes = StepsToGoalAnalysis(runsOf: results).sizes
    let recommended = sizes.first { $0.batch == recommendation.updateBatch }
    self.sizes = sizes
    self.recommended = recommended
    func holds(_ truth: Double?, _ foretold: CredibleEstimate?) -> Bool? {
      truth.flatMap { truth in foretold.map { $0.contains(truth) } }
    }
    holdsSteps = holds(recommended?.meanSteps, recommendation.steps)
    holdsSeconds = holds(recommended?.meanSeconds, recommendation.seconds)
    regret = recommended.flatMap { Self.regret(of: $0, among: sizes) }
    spentSeconds = results.trials.reduce(results.chosenStepTimes?.seconds ?? 0) {
      $0 + ($1.elapsed?.wallSeconds ?? 0)
    }
  }

  /// What a batch loses against the best of some.
  public static func regret(
    of size: StepsToGoalAnalysis.Size, among sizes: [StepsToGoalAnalysis.Size]
  ) -> Regret? {
    guard let own = size.meanSeconds,
      let best = sizes.min(by: { $0.meanSeconds ?? .infinity < $1.meanSeconds ?? .infinity }),
      let least = best.meanSeconds
    else { return nil }
    guard best.batch != size.batch, let ownStep = size.secondsPerStep?.value, let bestStep = best.secondsPerStep?.value
    else { return Regret(best: best.batch, value: own / least - 1) }
    // Differences over one mean: their mean is the regret itself.
    let others = Dictionary(best.runs.map { ($0.seed, $0.steps * bestStep) }) { first, _ in first }
    let losses = Sample(size.runs.compactMap { run in others[run.seed].map { (run.steps * ownStep - $0) / least } })
    return Regret(best: best.batch, value: own / least - 1, interval: losses.interval)
  }
}
