import BatchData
public import BatchScience
import BatchTraining

/// A small study with known numbers, written without training, for tests of analysis and report.
public enum SweepFixture {
  /// Runs a study of `dots` into the folder and returns its results.
  public static func trained(
    in folder: String, batches: [Int] = [8, 32, 128], seeds: [UInt64] = [1, 2, 3], epochs: Int = 4
  ) throws -> SweepResults {
    let data = try DataSource.dots(examples: 400).load(seed: 1)
    let text = try ModelText("mlp:6:tanh")
    let plan = SweepPlan(
      data: "dots", splits: data, model: text.description, loss: .softmaxCrossEntropy,
      recipe: TrainingRecipe(optimizer: .sgd(try SGD(learningRate: 0.1, momentum: 0.5))), batchSizes: batches,
      seeds: seeds, epochs: epochs,
      lastBatch: .keep, threads: 1)
    try SweepStudy(plan: plan, data: data, model: text.model(for: data.train), folder: folder, arguments: ["study"])
      .run()
    return try SweepResults(folder: folder)
  }
}
