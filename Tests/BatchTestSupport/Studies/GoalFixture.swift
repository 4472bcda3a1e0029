public import BatchData
public import BatchScience
public import BatchTraining

/// Small studies of runs to a goal on made-up points.
public enum GoalFixture {
  /// The points: arms of a spiral.
  public static func data(examples: Int = 1000) throws -> DataSplits {
    try DataSource(parsing: "spirals:examples=\(examples)").load(seed: 1)
  }

  /// A model small enough for a test.
  public static func model(_ data: DataSplits) throws -> Sequential {
    try ModelText("mlp:32,32").model(for: data.train)
  }

  /// What the runs share.
  public static func common(
    _ data: DataSplits, batches: [Int], seeds: [UInt64] = [1, 2, 3], epochs: Int = 40,
    optimizer: any Optimizer = SGD.plain
  ) -> SweepPlan {
    SweepPlan(
      data: "spirals", splits: data, model: "mlp:32,32", loss: .softmaxCrossEntropy,
      recipe: TrainingRecipe(optimizer: optimizer), batchSizes: batches, seeds: seeds, epochs: epochs, lastBatch: .drop)
  }

  /// A study of steps to a validation loss.
  public static func stepsToGoal(
    _ data: DataSplits, batches: [Int] = [8, 32, 128], loss: Double = 0.3, seeds: [UInt64] = [1, 2]
  ) throws -> StepsToGoalPlan {
    StepsToGoalPlan(
      common: common(data, batches: batches, seeds: seeds, epochs: 150), goal: try TrainingGoal(.validationLoss, loss),
      search: .small)
  }

  /// A recommendation for a target.
  public static func recommendation(
    _ data: DataSplits, _ target: String, effort: RecommendationEffort = .minutes, batches: [Int]? = nil,
    epochs: Int = 40, rate: Double? = nil
  ) throws -> RecommendPlan {
    RecommendPlan(
      common: common(
        data, batches: batches ?? [2, 4, 8, 16, 32, 64, 128].filter { 4 * $0 <= data.train.count }, epochs: epochs),
      target: try RecommendationTarget(target), effort: effort, firstRate: rate)
  }
}

extension SGD {
  /// Plain descent at a rate that trains the points.
  public static var plain: SGD {
    guard let sgd = try? SGD(learningRate: 0.3) else { preconditionFailure("0.3 is a rate") }
    return sgd
  }
}
