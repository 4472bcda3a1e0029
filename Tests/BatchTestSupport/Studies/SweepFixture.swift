public import BatchAlgebra
import BatchData
public import BatchScience
public import BatchTraining

/// A small study with known numbers, for tests of analysis and report.
public enum SweepFixture {
  /// Runs a study of `dots` into the folder and returns its results.
  public static func trained(
    in folder: String, batches: [Int] = [8, 32, 128], seeds: [UInt64] = [1, 2, 3], epochs: Int = 4,
    distance: Double = 4, stopping: EarlyStopping? = nil, shard: StudyShard = .whole
  ) throws -> StudyResults<SweepPlan> {
    let data = try DataSource.dots(examples: 400, distance: distance).load(seed: 1)
    let text = try ModelText("mlp:6:tanh")
    let plan = SweepPlan(
      data: "dots", splits: data, model: text.description, loss: .softmaxCrossEntropy,
      recipe: TrainingRecipe(optimizer: try SGD(learningRate: 0.1, momentum: 0.5)), batchSizes: batches,
      seeds: seeds, epochs: epochs, lastBatch: .keep, regularisation: try Regularisation(earlyStopping: stopping))
    try Study(
      TrainingMeasurement(plan: plan, data: data, model: text.model(for: data.train)), folder: folder,
      context: .oneThread, shard: shard, arguments: ["study"]
    ).run()
    return try StudyResults(folder: folder)
  }
}

extension ComputeContext {
  /// What small studies are computed with.
  public static var oneThread: ComputeContext { .test(Float.self, threads: 1) }
}
