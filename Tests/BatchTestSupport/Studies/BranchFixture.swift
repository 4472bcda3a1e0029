public import BatchData
import BatchFoundation
import BatchProfiling
public import BatchScience
public import BatchTraining
import Glibc

/// A small study of branches on made-up points, for tests of study, analysis and report.
public enum BranchFixture {
  /// The points.
  public static func data() throws -> DataSplits { try DataSource.dots(examples: 400).load(seed: 1) }

  /// A plan of a pilot at batch 4 with branches at four multiples.
  public static func plan(
    _ data: DataSplits, moments: [Double] = [0.1, 0.5], multiples: [Int] = [1, 2, 4, 8], length: Int = 700,
    seeds: [UInt64] = [1, 2], epochs: Int = 8, rate: Double = 0.02, momentum: Double = 0.5,
    rules: [any LearningRateRule] = [LinearScalingRule()]
  ) throws -> BranchPlan {
    var plan = BranchPlan(
      common: SweepPlan(
        data: "dots", splits: data, model: "mlp:6:tanh", loss: .softmaxCrossEntropy,
        recipe: TrainingRecipe(optimizer: try SGD(learningRate: rate, momentum: momentum)), batchSizes: [4],
        seeds: seeds, epochs: epochs, lastBatch: .keep),
      moments: moments, multiples: multiples, rules: rules, evaluatedCount: 100)
    plan.length = length
    return plan
  }

  /// How a plan is measured.
  public static func measurement(_ plan: BranchPlan, _ data: DataSplits) throws -> BranchMeasurement {
    BranchMeasurement(plan: plan, data: data, model: try ModelText("mlp:6:tanh").model(for: data.train))
  }

  /// Runs the study of a plan into a folder and returns its results.
  public static func trained(
    _ plan: BranchPlan, _ data: DataSplits, in folder: String
  ) throws -> StudyResults<BranchPlan> {
    try Study(measurement(plan, data), folder: folder, context: .oneThread, arguments: ["study", "branch"]).run()
    return try StudyResults(folder: folder)
  }

  /// Results whose losses are given: for each moment, of the branch at a multiple with a seed after a share of its
  /// examples; nil for a branch that diverges.
  public static func results(
    _ losses: [(_ multiple: Int, _ seed: UInt64, _ share: Double) -> Double?],
    multiples: [Int] = [1, 2, 4, 8, 16, 32], seeds: [UInt64] = [1, 2, 3], tolerance: Double = 0.01
  ) throws -> StudyResults<BranchPlan> {
    let data = try data()
    var plan = try plan(
      data, moments: losses.indices.map { Double($0 + 1) / Double(losses.count + 1) }, multiples: multiples,
      length: 16 * 4 * (multiples.last ?? 1), seeds: seeds, epochs: 1000)
    plan.tolerance = tolerance
    let trials = plan.trials.map { trial in
      var (records, moments): ([BranchRecord], [[BranchOutcome.End]]) = ([], [])
      for (moment, losses) in losses.enumerated() {
        moments.append(
          multiples.map { multiple in
            let values = (0...16).compactMap { losses(multiple, trial.seed, Double($0) / 16) }
            let whole = values.count == 17
            for (index, loss) in values.prefix(whole ? 17 : 1).enumerated() {
              records.append(
                BranchRecord(
                  moment: moment, multiple: multiple, rule: "linear", update: index * plan.length / 16 / 4 / multiple,
                  examples: index * plan.length / 16, loss: loss))
            }
            return BranchOutcome.End(
              multiple: multiple, rule: "linear", learningRate: 0.02 * Double(multiple),
              loss: whole ? Sample(Array(values.suffix(5))).mean : nil, divergedAtUpdate: whole ? nil : 1)
          })
      }
      return TrialResult<BranchPlan>(
        start: TrialStart(study: "", trial: trial, environment: .current()), records: records,
        outcome: BranchOutcome(parameters: 1, moments: moments))
    }
    return StudyResults(description: StudyDescription(plan: plan, context: .oneThread), trials: trials)
  }

  /// The loss 0.2 + exp(−2·share of the pilot's progress) of a branch at a multiple of the batch 4, whose critical batch is
  /// known, with normal noise of a standard deviation.
  public static func loss(
    critical: Double, noise: Double = 0
  ) -> (_ multiple: Int, _ seed: UInt64, _ share: Double) -> Double? {
    { multiple, seed, share in
      let progress = (4 + critical) / (4 * Double(multiple) + critical)
      var stream = RandomStream(seed: seed, name: "planted-\(multiple)", index: UInt64(share * 16))
      return 0.2 + exp(-2 * progress * share) + (share > 0 ? noise * stream.normal() : 0)
    }
  }
}
