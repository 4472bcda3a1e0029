import BatchFoundation

/// What a test of a recommendation shows: the true time to the goal at each batch size, what the recommended one loses
/// against the best, and whether what was foretold holds the truth.
public struct VerifyAnalysis: Sendable {
  /// What is recommended against the fastest.
  public struct Regret: Sendable, Hashable {
    /// The fastest batch of those that were tried.
    public var best: Int
    /// The rate of it.
    public var learningRate: Double?
    /// By how much the mean time at the recommended batch and rate is above that of the best, as a share; 0 where they are
    /// the best.
    public var value: Double
    /// The 95 % interval over the seeds, paired where none got lost; nil where they are the best themselves.
    public var interval: ClosedRange<Double>?
  }

  /// What was measured at each batch size with its best rate; of the recommended batch before it with the recommended rate,
  /// if that is another.
  public let sizes: [StepsToGoalAnalysis.Size]
  /// What was recommended, batch and rate; nil where none of its runs is finished.
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
    let tuned = StepsToGoalAnalysis(runsOf: results).sizes
    let recommended = tuned.first { $0.batch == recommendation.updateBatch }.flatMap { Self.recommended($0, results) }
    sizes = tuned.flatMap { size -> [StepsToGoalAnalysis.Size] in
      guard let recommended, size.batch == recommended.batch else { return [size] }
      return size.best?.point == recommended.best?.point ? [recommended] : [recommended, size]
    }
    self.recommended = recommended
    func holds(_ truth: Double?, _ foretold: CredibleEstimate?) -> Bool? {
      truth.flatMap { truth in foretold.map { $0.contains(truth) } }
    }
    holdsSteps = holds(recommended?.meanSteps, recommendation.steps)
    holdsSeconds = holds(recommended?.meanSeconds, recommendation.seconds)
    regret = recommended.flatMap { [sizes] in Self.regret(of: $0, among: sizes) }
    spentSeconds = results.trials.reduce(results.chosenStepTimes?.seconds ?? 0) {
      $0 + ($1.elapsed?.wallSeconds ?? 0)
    }
  }

  /// The recommended batch with the runs of the recommended rate alone.
  private static func recommended(
    _ size: StepsToGoalAnalysis.Size, _ results: StudyResults<VerifyPlan>
  ) -> StepsToGoalAnalysis.Size? {
    guard let point = results.plan.point,
      let rate = TunedBatch(size.batch, results.trials, of: results.plan.common).rates.first(where: {
        $0.point == point
      })
    else { return nil }
    // None of them was chosen for its steps; the first seed is left to the searches, as at other sizes.
    let runs = rate.runs.filter { $0.seed != results.plan.common.seeds.first }
    var size = size
    size.runs = TunedBatch.measurements(runs, batch: size.batch)
    size.lostCount = runs.count { $0.steps == nil }
    size.best = RateSearch.Trial(point, steps: size.meanSteps)
    return size
  }

  /// What a batch and rate lose against the best of some.
  public static func regret(
    of size: StepsToGoalAnalysis.Size, among sizes: [StepsToGoalAnalysis.Size]
  ) -> Regret? {
    guard let own = size.meanSeconds,
      let best = sizes.min(by: { $0.meanSeconds ?? .infinity < $1.meanSeconds ?? .infinity }),
      let least = best.meanSeconds
    else { return nil }
    let value = own / least - 1
    guard value > 0, let ownStep = size.secondsPerStep?.value, let bestStep = best.secondsPerStep?.value
    else { return Regret(best: best.batch, learningRate: best.best?.point.learningRate, value: value) }
    // Over one mean: the mean of the differences is the regret itself.
    let losses = size.runs.map { ($0.seed, $0.steps * ownStep / least) }
    let others = best.runs.map { ($0.seed, $0.steps * bestStep / least) }
    return Regret(
      best: best.batch, learningRate: best.best?.point.learningRate, value: value,
      interval: interval(losses, less: others, value: value))
  }

  /// The 95 % interval of a difference of means: paired by seed; where the seeds are not the same Welch's (1947, Biometrika
  /// 34), with the degrees of freedom of the smaller sample, which are never too many.
  private static func interval(
    _ own: [(seed: UInt64, share: Double)], less others: [(seed: UInt64, share: Double)], value: Double
  ) -> ClosedRange<Double>? {
    if own.map(\.seed) == others.map(\.seed) {
      return Sample(zip(own, others).map { $0.share - $1.share }).interval
    }
    let (a, b) = (Sample(own.map(\.share)), Sample(others.map(\.share)))
    guard let first = a.variance, let second = b.variance else { return nil }
    let error = (first / Double(a.count) + second / Double(b.count)).squareRoot()
    let half = StudentT.quantile975(degreesOfFreedom: min(a.count, b.count) - 1) * error
    return value - half...value + half
  }
}
