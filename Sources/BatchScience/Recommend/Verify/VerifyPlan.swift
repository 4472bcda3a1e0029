public import BatchFoundation
import BatchTraining

/// A test of a recommendation: runs at the batch and the rate that it recommends, and at a quarter, half, once, twice and
/// four times that batch and at 32 with rates that are tuned for each by the same small search; all with seeds that the
/// recommendation has not seen.
public struct VerifyPlan: GoalStudyPlan {
  public static var kind: String { "verify" }
  public static var title: String { "a test of a recommendation" }

  /// What is tested.
  public var recommendation: Recommendation
  /// The runs.
  public var runs: StepsToGoalPlan

  /// A test of the recommendation that a study has given, with so many seeds.
  ///
  /// - Throws: ``VerifyError`` where it gives no answer.
  public init(_ results: StudyResults<RecommendPlan>, seeds: Int) throws(VerifyError) {
    let recommendation = RecommendationAnalysis(results).recommendation
    guard let batch = recommendation.updateBatch, let rate = recommendation.learningRate,
      let goal = recommendation.goal, let examples = results.plan.common.exampleCounts.first
    else { throw .noAnswer(recommendation.shortage ?? "nothing was measured") }
    let ladder = EvidenceLadder(results.plan, results.trials, times: results.chosenStepTimes)
    var common = results.plan.common
    common.batchSizes = Set([batch / 4, batch / 2, batch, 2 * batch, 4 * batch, 32]).filter { 1...examples ~= $0 }
      .sorted()
    let seen = Set(results.trials.map(\.trial.seed))
    common.seeds = Array((Self.firstSeed...).lazy.filter { !seen.contains($0) }.prefix(max(2, seeds)))
    var hints: [Int: StepsToGoalPlan.Hint] = [:]
    for size in common.batchSizes {
      let expected = recommendation.candidates.min { abs($0.batch - size) < abs($1.batch - size) }?.steps.high ?? 1e6
      hints[size] = StepsToGoalPlan.Hint(
        learningRate: size == batch ? rate : RateSearch.readable(ladder.guess(size)),
        mostUpdates: Int(min(1e12, max(64, Self.patience * expected))))
    }
    self.recommendation = recommendation
    runs = StepsToGoalPlan(common: common, goal: goal, search: .small, hints: hints)
  }

  /// The usual number of seeds: more where a run takes less than a tenth of a second.
  public static func usualSeeds(_ results: StudyResults<RecommendPlan>) -> Int {
    RecommendationAnalysis(results).recommendation.seconds.map { $0.value < 0.1 } ?? false ? 15 : 9
  }

  /// The first seed of a test, if the recommendation has not seen it.
  private static var firstSeed: UInt64 { 101 }
  /// How many times as long as was foretold at most a run may take.
  private static var patience: Double { 4 }

  public var common: SweepPlan { runs.common }
  public var measure: TrainingGoal.Measure { runs.measure }
  public var timedSizes: [Int] { runs.timedSizes }
  public var timingSeconds: Double { runs.timingSeconds }
  public var mostTrials: [Int: (trials: Int, updates: Int)] {
    var most = runs.mostTrials
    if let batch = recommendation.updateBatch { most[batch]?.trials += common.seeds.count - 1 }
    return most
  }
  public var commonGoal: TrainingGoal? { runs.goal }
  public var trials: [GoalTrial] { (recommendedRun(after: nil) ?? runs.trials.first).map { [$0] } ?? [] }
  public func trial(after results: StudyResults<VerifyPlan>) -> GoalTrial? {
    recommendedRun(after: results) ?? runs.next(after: results)
  }

  /// The rate that is tested.
  var point: RateSearch.Point? { recommendation.learningRate.map { RateSearch.Point(learningRate: $0, momentum: nil) } }

  /// What is recommended, with the next of the seeds that tell the truth: all but the first, which serves the searches.
  private func recommendedRun(after results: StudyResults<VerifyPlan>?) -> GoalTrial? {
    guard let batch = recommendation.updateBatch, let point else { return nil }
    let rate = results.flatMap { TunedBatch(batch, $0.trials, of: common).rates.first { $0.point == point } }
    let seen = Set(rate?.runs.map(\.seed) ?? [])
    guard let seed = common.seeds.dropFirst().first(where: { !seen.contains($0) }) else { return nil }
    let most = runs.mostUpdates(batch: batch)
    return GoalTrial(
      role: .repeat, batchSize: batch, learningRate: point.learningRate, seed: seed, goal: runs.goal,
      mostUpdates: min(most, rate?.mostUpdates ?? most))
  }
  public var problem: String? { runs.problem ?? recommendation.fault }

  public func differences(from other: VerifyPlan) -> [String] {
    runs.differences(from: other.runs)
      + (recommendation == other.recommendation ? [] : ["the recommendation that is tested"])
  }

  public func analysis(of results: StudyResults<VerifyPlan>) -> VerifyAnalysis { VerifyAnalysis(results) }
}

/// Why a recommendation cannot be tested.
public enum VerifyError: DiagnosticError, Hashable {
  /// It gives no answer.
  case noAnswer(String)

  public var diagnosis: Diagnosis {
    switch self {
    case .noAnswer(let reason):
      Diagnosis(
        .usage, "there is no answer to be tested: \(reason)", hint: "get an answer first")
    }
  }
}
