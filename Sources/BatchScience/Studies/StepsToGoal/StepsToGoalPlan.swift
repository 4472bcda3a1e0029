import BatchFoundation
import BatchTraining

/// A study of how many updates it takes to a goal at each of some batch sizes, with a learning rate that is tuned for
/// each.
///
/// So did Shallue et al. 2019 (arXiv 1811.03600). At each batch size the rate is searched with the first seed, and the best
/// is trained with the others; where they say that it was lucky, the next best. Sizes are done in ascending order, and each
/// search begins with what was best at the size before, carried over by the square root.
public struct StepsToGoalPlan: GoalStudyPlan {
  public static var kind: String { "steps-to-goal" }
  public static var title: String { "a study of steps to a goal" }

  /// What all runs share; of its optimizer all but the rate, which the first search begins with.
  ///
  /// Its epochs are the most that a run has.
  public var common: SweepPlan
  /// What is to be reached.
  public var goal: TrainingGoal
  /// How the rate is searched.
  public var search: RateSearch
  /// What is known before of some batch sizes.
  public var hints: [Int: Hint]

  /// What is known of a batch size before its first run.
  public struct Hint: Sendable, Hashable, Codable {
    /// The rate with which its search begins, instead of one that follows from other sizes.
    public var learningRate: Double
    /// The updates after which a run is given up, if there are not fewer in the epochs that it has at most.
    public var mostUpdates: Int

    /// A hint.
    public init(learningRate: Double, mostUpdates: Int) {
      self.learningRate = learningRate
      self.mostUpdates = mostUpdates
    }
  }

  /// A plan from what all runs share.
  public init(common: SweepPlan, goal: TrainingGoal, search: RateSearch, hints: [Int: Hint] = [:]) {
    self.common = common
    self.goal = goal
    self.search = search
    self.hints = hints
  }

  public var commonGoal: TrainingGoal? { goal }
  public var measure: TrainingGoal.Measure { goal.measure }
  public var timedSizes: [Int] { common.batchSizes }
  /// More than a quiet machine needs for so many sizes.
  public var timingSeconds: Double { min(20, 0.75 * Double(common.batchSizes.count)) }

  public var mostTrials: [Int: (trials: Int, updates: Int)] {
    Dictionary(
      uniqueKeysWithValues: common.batchSizes.map {
        ($0, (trials: search.mostPoints + 3 * (common.seeds.count - 1), updates: mostUpdates(batch: $0)))
      })
  }

  /// The first run of the first search.
  public var trials: [GoalTrial] {
    guard let batch = common.batchSizes.first, let seed = common.seeds.first else { return [] }
    let guess = hints[batch]?.learningRate ?? common.recipe.optimizer.learningRate
    guard let point = search.next(after: [], guess: guess) else { return [] }
    return [trial(.search, point, batch: batch, seed: seed, updates: mostUpdates(batch: batch))]
  }

  /// The next run of the search of a batch size, then those of the best rate's other seeds, then the next size.
  public func trial(after results: StudyResults<StepsToGoalPlan>) -> GoalTrial? { next(after: results) }

  /// The same of a study of another kind that does the same runs.
  func next<Plan: GoalStudyPlan>(after results: StudyResults<Plan>) -> GoalTrial? {
    var guess = common.recipe.optimizer.learningRate
    var before: Int?
    for batch in common.batchSizes {
      guess = hints[batch]?.learningRate ?? guess * (before.map { Double(batch) / Double($0) } ?? 1).squareRoot()
      before = batch
      let tuned = TunedBatch(batch, results.trials, of: common)
      let most = mostUpdates(batch: batch)
      if let point = search.next(after: tuned.trials, guess: guess) {
        // A rate that needs twice the updates of the best so far is not the best.
        let raced = tuned.best?.mean.map { TunedBatch.limit(2 * $0) } ?? most
        var trial = trial(.search, point, batch: batch, seed: common.seeds[0], updates: min(most, raced))
        if let best = tuned.best, let steps = best.runs[0].steps, let run = results.searchRun(best.point, batch: batch)
        {
          trial.gates = GoalGate.gates(behind: run.records, steps: steps, measure: measure)
        }
        return trial
      }
      if let (point, seed, updates) = tuned.nextSeed(of: common.seeds, close: Self.closeSeeds) {
        return trial(.repeat, point, batch: batch, seed: seed, updates: min(most, updates))
      }
      guess = tuned.best?.point.learningRate ?? guess
    }
    return nil
  }

  /// The seeds that rates close to the best have.
  private static var closeSeeds: Int { 3 }

  private func trial(
    _ role: GoalTrial.Role, _ point: RateSearch.Point, batch: Int, seed: UInt64, updates: Int
  ) -> GoalTrial {
    GoalTrial(
      role: role, batchSize: batch, learningRate: point.learningRate, momentum: point.momentum, seed: seed, goal: goal,
      mostUpdates: updates)
  }

  /// All updates of the epochs that a run has at most.
  func mostUpdates(batch: Int) -> Int {
    let perEpoch = max(1, (common.exampleCounts.first ?? 0) / batch)
    let (updates, overflow) = perEpoch.multipliedReportingOverflow(by: common.epochs)
    return min(overflow ? .max : updates, hints[batch]?.mostUpdates ?? .max)
  }

  public var problem: String? {
    if let problem = common.problem { return problem }
    guard search.count >= 1, search.mostPoints >= search.count, search.mostPoints <= 10_000, search.reach > 1,
      search.reach < 1e6, 0...1 ~= search.indifference
    else { return "a search has 1 to 10000 points, and a box about its guess" }
    if let momentum = search.momentum, !(momentum.lowerBound >= 0 && momentum.upperBound < 1) {
      return "a momentum is at least 0 and below 1"
    }
    guard !common.seeds.isEmpty else { return "there are no seeds" }
    let rates = hints.values.map(\.learningRate) + [common.recipe.optimizer.learningRate]
    let odd = rates.first { !($0 > 0 && $0 < 1e6) }
    if let odd { return "a learning rate is above 0 and below 1e6, not \(odd)" }
    return hints.values.contains { $0.mostUpdates < 1 } ? "a run has at least one update" : nil
  }

  public func differences(from other: StepsToGoalPlan) -> [String] {
    var differences = SettingDifferences(self, other, words: ("here", "asked for"))
    differences.compare("goal", \.goal)
    differences.compare("search", \.search)
    differences.compare("what is known before", \.hints)
    return common.differences(from: other.common) + differences.phrases
  }

  public func analysis(of results: StudyResults<StepsToGoalPlan>) -> StepsToGoalAnalysis {
    StepsToGoalAnalysis(results)
  }
}
