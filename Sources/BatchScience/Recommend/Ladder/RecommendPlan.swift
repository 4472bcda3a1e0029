public import BatchData
import BatchFoundation
public import BatchTraining

/// A recommendation of a batch size: which evidence is gathered for it, one run after the other.
///
/// Steps of all candidates are timed; a few short runs show which learning rates train; a pilot goes to the goal at one
/// batch size, its rate tuned, and its noise scale says where the critical batch may lie; then runs at other sizes where
/// they would change the answer most (<doc:HowTheAnswerIsFound>). The answer is a ``Recommendation``.
public struct RecommendPlan: GoalStudyPlan {
  public static var kind: String { "recommend" }
  public static var title: String { "a recommendation" }

  /// What all runs share; of its optimizer all but the rate.
  ///
  /// Its batch sizes are the candidates, its epochs the most that a run has.
  public var common: SweepPlan
  /// What the recommendation is for.
  public var target: RecommendationTarget
  /// How far it goes for its evidence.
  public var effort: RecommendationEffort
  /// The rate with which the pilot's search begins; nil to find one by short runs.
  public var firstRate: Double?
  /// The largest batch of which a training fits into memory at once; nil where all candidates do.
  ///
  /// Larger ones go through the network in micro-batches.
  public var largestAtOnce: Int?
  /// What makes the noise scale doubtful here.
  public var doubts: [CriticalBatchEvidence.Doubt]

  /// A plan from what all runs share.
  ///
  /// What the optimizer makes doubtful is added to the doubts.
  public init(
    common: SweepPlan, target: RecommendationTarget, effort: RecommendationEffort, firstRate: Double? = nil,
    largestAtOnce: Int? = nil, doubts: [CriticalBatchEvidence.Doubt] = []
  ) {
    self.common = common
    self.largestAtOnce = largestAtOnce
    if let largestAtOnce, self.common.microBatch == nil, largestAtOnce < common.batchSizes.last ?? 0 {
      self.common.microBatch = largestAtOnce
    }
    self.target = target
    self.effort = effort
    self.firstRate = firstRate
    let own: [CriticalBatchEvidence.Doubt] =
      common.recipe.optimizer is any AdaptiveOptimizer ? [.adaptiveOptimizer] : []
    self.doubts = own + doubts.filter { !own.contains($0) }
  }

  /// The plan of somebody who asks no more than which batch: the usual candidates, short last batches dropped, and what
  /// the data make doubtful.
  ///
  /// Of the optimizer all counts but its rate, which short runs find.
  public init(
    data: String, splits: DataSplits, model: String, loss: any Loss, optimizer: any Optimizer,
    target: RecommendationTarget, effort: RecommendationEffort = .minutes, epochs: Int = 50
  ) {
    self.init(
      common: SweepPlan(
        data: data, splits: splits, model: model, loss: loss, recipe: TrainingRecipe(optimizer: optimizer),
        batchSizes: Self.usualBatchSizes(exampleCount: splits.train.count), seeds: Self.usualSeeds, epochs: epochs,
        lastBatch: .drop),
      target: target, effort: effort, doubts: Self.doubts(of: splits.train))
  }

  /// What makes the noise scale of some data doubtful, whatever the optimizer.
  ///
  /// Targets that are as many as the inputs are taken for an autoencoder's, whose critical batch was found 20 times as large
  /// (McCandlish et al. 2018, Table 1).
  public static func doubts(of data: Dataset) -> [CriticalBatchEvidence.Doubt] {
    guard case .values(let values) = data.targets, values.columns == data.featureCount, values.columns > 1 else {
      return []
    }
    return [.targetsEqualInputs]
  }

  /// The effort says which runs follow, and nothing of a run.
  public var identity: RecommendPlan {
    var plan = self
    plan.effort = .minutes
    return plan
  }

  public var commonGoal: TrainingGoal? { target.goal }
  public var measure: TrainingGoal.Measure { target.measure }
  public var timedSizes: [Int] { common.batchSizes }
  public var timingSeconds: Double { min(effort.timingSeconds, 0.6 * Double(common.batchSizes.count)) }

  /// The noise scale, beside which steps take little longer.
  public func quantities(of trial: GoalTrial) -> [any StepQuantity] {
    trial.role == .range || trial.batchSize < 2 || doubts.contains(.coupledLayers) ? [] : [NoiseScale()]
  }

  /// The first run that there is, were every step as long as another.
  public var trials: [GoalTrial] { [EvidenceLadder(self, [], times: nil).next].compactMap { $0 } }

  public func trial(after results: StudyResults<RecommendPlan>) -> GoalTrial? {
    EvidenceLadder(self, results.trials, times: results.chosenStepTimes).next
  }

  /// The usual seeds.
  public static let usualSeeds: [UInt64] = [1, 2, 3, 4, 5, 6]

  /// The usual candidates: powers of two and the steps half way between, up to a quarter of the training part.
  public static func usualBatchSizes(exampleCount: Int) -> [Int] {
    let most = min(8192, max(1, exampleCount / 4))
    var sizes: [Int] = []
    var size = 1
    while size <= most {
      sizes.append(size)
      if size >= 4, size * 3 / 2 <= most { sizes.append(size * 3 / 2) }
      size *= 2
    }
    return sizes
  }

  /// More would not tell more.
  private static var mostSizes: Int { 200 }

  public var problem: String? {
    if let problem = common.problem { return problem }
    guard !common.batchSizes.isEmpty else { return "there are no batch sizes" }
    guard let count = common.exampleCounts.first, let largest = common.batchSizes.last, largest <= count else {
      return "there are \(common.exampleCounts.first ?? 0) training examples, and a batch cannot have more of them"
    }
    guard common.batchSizes.count <= Self.mostSizes else {
      return "a recommendation chooses from at most \(Self.mostSizes) batch sizes, not \(common.batchSizes.count)"
    }
    guard !common.seeds.isEmpty else { return "there are no seeds" }
    if let updates = target.updates(batch: 1, secondsPerStep: 1, exampleCount: count), !(updates > 0 && updates < 1e30)
    {
      return "a budget is above 0, not \(target)"
    }
    let odd = firstRate.flatMap { $0 > 0 && $0 < 1e6 ? nil : $0 }
    return odd.map { "a learning rate is above 0 and below 1e6, not \($0)" }
  }

  public func differences(from other: RecommendPlan) -> [String] {
    var differences = SettingDifferences(self, other, words: ("here", "asked for"))
    differences.compare("target", \.target)
    differences.compare("effort", \.effort.rawValue)
    differences.compare("first rate", \.firstRate)
    differences.compare("largest batch that goes through the network at once", \.largestAtOnce)
    return common.differences(from: other.common) + differences.phrases
  }

  public func analysis(of results: StudyResults<RecommendPlan>) -> RecommendationAnalysis {
    RecommendationAnalysis(results)
  }
}
