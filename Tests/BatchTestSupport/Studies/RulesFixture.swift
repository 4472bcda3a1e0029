public import BatchData
import BatchProfiling
public import BatchScience
public import BatchTraining

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
        recipe: TrainingRecipe(optimizer: try SGD(learningRate: rate, momentum: 0.5)), batchSizes: batches,
        seeds: seeds, epochs: epochs, lastBatch: .keep),
      baseBatch: 8, rules: try rules.map { try LearningRateRuleCodec.read($0) }, warmUp: warmUp)
  }

  /// How a plan is measured.
  public static func measurement(
    _ plan: RulesPlan, _ data: DataSplits
  ) throws -> TrainingMeasurement<RulesPlan> {
    TrainingMeasurement(plan: plan, data: data, model: try model(data))
  }

  /// Runs the study of a plan into a folder and returns its results.
  public static func trained(
    _ plan: RulesPlan, _ data: DataSplits, in folder: String
  ) throws -> StudyResults<RulesPlan> {
    try Study(measurement(plan, data), folder: folder, context: .oneThread, arguments: ["study", "rules"]).run()
    return try StudyResults(folder: folder)
  }

  /// Results with the given outcomes of seeds 1, 2, … by variant and batch size, of runs that took two seconds each;
  /// the base batch is 8, there is no warm-up, and a missing outcome is a run that diverged.
  public static func results(
    _ outcomes: [RuleVariant: [Int: [Double?]]], measure: RunMeasure = .accuracy
  ) throws -> StudyResults<RulesPlan> {
    let plan = try plan(data(), batches: [8, 32, 128], warmUp: nil)
    let trials = try plan.variants.flatMap { variant in
      try (outcomes[variant] ?? [:]).sorted { $0.key < $1.key }.flatMap { size, values in
        let rate = try plan.recipe(of: variant).settings(batch: size).optimizer.learningRate
        return values.enumerated().map { index, value in
          result(RuleTrial(variant: variant, batchSize: size, seed: UInt64(index + 1)), rate, value, measure)
        }
      }
    }
    return StudyResults(description: StudyDescription(plan: plan, context: .oneThread), trials: trials)
  }

  private static func result(
    _ trial: RuleTrial, _ rate: Double, _ outcome: Double?, _ measure: RunMeasure
  ) -> TrialResult<RulesPlan> {
    let record = EvaluationRecord(
      update: 10, epoch: 1, examples: 10 * trial.batchSize, seconds: 2, batchLoss: nil, trainingLoss: 0,
      trainingAccuracy: measure == .accuracy ? 1 : nil, validationLoss: 0,
      validationAccuracy: measure == .accuracy ? 1 : nil, distance: 1, gradientNorm: 1)
    return TrialResult(
      start: TrialStart(study: "", trial: trial, environment: .current()), records: [record],
      outcome: TrainedOutcome(
        learningRate: rate, parameters: 1, updates: 10, divergedAtUpdate: outcome == nil ? 7 : nil, testLoss: outcome,
        testAccuracy: measure == .accuracy ? outcome : nil))
  }
}
