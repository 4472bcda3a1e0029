public import BatchData
import BatchProfiling
public import BatchTraining

@testable public import BatchScience

/// A small study of rules on made-up points, for tests of study, analysis and report.
public enum RulesFixture {
  /// The points.
  public static func data() throws -> DataSplits { try DataSource.dots(examples: 400).load(seed: 1) }

  /// A model small enough for a test.
  public static func model(_ data: DataSplits) throws -> Sequential {
    try ModelText("mlp:6:tanh").model(for: data.train)
  }

  /// A plan of three batch sizes and three rules.
  public static func plan(
    _ data: DataSplits, batches: [Int] = [8, 32, 128], rules: [String] = ["linear", "sqrt"],
    warmUp: TrainingLength? = .epochs(1), seeds: [UInt64] = [1, 2, 3], epochs: Int = 3, rate: Double = 0.02
  ) throws -> RulesPlan {
    RulesPlan(
      common: SweepPlan(
        data: "dots", splits: data, model: "mlp:6:tanh", loss: .softmaxCrossEntropy,
        recipe: TrainingRecipe(optimizer: .sgd(try SGD(learningRate: rate, momentum: 0.5))), batchSizes: batches,
        seeds: seeds, epochs: epochs, lastBatch: .keep, threads: 1),
      baseBatch: 8, rules: try rules.map { try LearningRateRuleText($0) }, warmUp: warmUp)
  }

  /// Runs the study of a plan into a folder and returns its results.
  public static func trained(_ plan: RulesPlan, _ data: DataSplits, in folder: String) throws -> RulesResults {
    try RulesStudy(plan: plan, data: data, model: model(data), folder: folder, arguments: ["study", "rules"]).run()
    return try RulesResults(folder: folder)
  }

  /// Results with the given outcomes of seeds 1, 2, … by variant and batch size, of runs that took two seconds each;
  /// the base batch is 8, there is no warm-up, and a missing outcome is a run that diverged.
  public static func results(
    _ outcomes: [RuleVariant: [Int: [Double?]]], measure: SweepMeasure = .accuracy
  ) throws -> RulesResults {
    let plan = try plan(data(), batches: [8, 32, 128], warmUp: nil)
    let entries = plan.variants.map { variant in
      RulesResults.Entry(
        variant: variant,
        trials: (outcomes[variant] ?? [:]).sorted { $0.key < $1.key }.flatMap { size, values in
          values.enumerated().map { trial(size, seed: UInt64($0.offset + 1), $0.element, measure) }
        })
    }
    return RulesResults(description: RulesDescription(plan: plan, arguments: []), entries: entries)
  }

  private static func trial(
    _ batch: Int, seed: UInt64, _ outcome: Double?, _ measure: SweepMeasure
  ) -> TrialResult {
    let record = EvaluationRecord(
      update: 10, epoch: 1, examples: 10 * batch, seconds: 2, batchLoss: nil, trainingLoss: 0,
      trainingAccuracy: measure == .accuracy ? 1 : nil, validationLoss: 0,
      validationAccuracy: measure == .accuracy ? 1 : nil, distance: 1, gradientNorm: 1)
    return TrialResult(
      start: TrialStart(
        trial: TrialID(batchSize: batch, seed: seed), parameters: 1, updates: 10, environment: .current()),
      evaluations: [record],
      end: TrialEnd(
        divergedAtUpdate: outcome == nil ? 7 : nil, testLoss: outcome,
        testAccuracy: measure == .accuracy ? outcome : nil), predictions: nil)
  }
}
