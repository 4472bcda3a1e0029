import BatchAlgebra
import BatchData
import BatchFoundation
import BatchScience
import BatchTestSupport
import BatchTraining
import Testing

/// Studies started from Swift with a loss, an optimizer, a schedule and a rule that the package does not know.
@Suite struct OwnPartsStudyTests {
  /// Σ (y − t)⁴ / 4 over the outputs.
  struct Quartic: Loss {
    var name: String { "quartic" }
    var readsClasses: Bool { false }

    func evaluate<S: Scalar>(_ pass: LossPass<S>) -> LossSums {
      guard let targets = pass.values else { fatalError("a quartic loss needs target values") }
      var total = 0.0
      for i in 0..<pass.outputs.rows {
        for j in 0..<pass.outputs.columns {
          let distance = pass.outputs[i, j] - targets[i, j]
          total += Double(distance * distance * distance * distance) / 4
          pass.gradient?[i, j] = pass.scale * distance * distance * distance
        }
      }
      return LossSums(total: total)
    }
  }

  struct SignDescent: Optimizer {
    var learningRate: Double
    var stateNames: [String] { ["momentum"] }
    var description: String { "sign descent, rate \(learningRate)" }
    func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .custom }

    func update<S: Scalar>(_ piece: UpdatePiece<S>) {
      let (w, g, m) = (piece.parameters, piece.gradient, piece.state(0))
      for i in 0..<piece.count {
        m[i] = 0.9 * m[i] + 0.1 * g[i]
        w[i] -= m[i] > 0 ? S(piece.learningRate) : m[i] < 0 ? -S(piece.learningRate) : 0
      }
    }
  }

  struct InverseRoot: LearningRateSchedule {
    var description: String { "inverse-root" }
    func factor(at position: TrainingPosition) -> Double { 1 / (1 + position.epoch).squareRoot() }
  }

  struct Logarithmic: LearningRateRule {
    var description: String { "logarithmic" }
    func scaled(
      _ settings: BatchDependentSettings, from baseBatch: Int, to batch: Int
    ) throws(LearningRateRuleError) -> BatchDependentSettings {
      var settings = settings
      var doublings = 0
      while baseBatch << (doublings + 1) <= batch { doublings += 1 }
      settings.learningRate *= Double(1 + doublings)
      return settings
    }
  }

  private static func study(
    _ folder: TemporaryFolder, rate: Double = 0.002
  ) throws -> Study<TrainingMeasurement<SweepPlan>> {
    let data = try DataSource.dots(examples: 300).load(seed: 1)
    let recipe = TrainingRecipe(
      optimizer: SignDescent(learningRate: rate), schedule: InverseRoot(), rule: Logarithmic(), baseBatch: 8)
    let plan = SweepPlan(
      data: "dots", splits: data, model: "mlp:6:tanh", loss: Quartic(), recipe: recipe, batchSizes: [8, 32],
      seeds: [1, 2], epochs: 3, lastBatch: .keep)
    let model = Sequential(inputShape: [2]) {
      Dense(6, .tanh)
      Dense(2)
    }
    return try Study(
      TrainingMeasurement(plan: plan, data: data, model: model), folder: "\(folder.path)/study", context: .oneThread)
  }

  private static func outcomes(_ folder: TemporaryFolder) throws -> [String] {
    try StudyResults<SweepPlan>(folder: "\(folder.path)/study").trials.map { trial in
      "\(trial.trial) \(trial.outcome) \(trial.records.map(\.validationLoss)) \(trial.arrays["predictions"]?.elements ?? [])"
    }
  }

  /// Stopped after a trial and resumed, by parts that are the same by what they are called.
  @Test func theyTrainAndResume() throws {
    let (whole, cut) = (TemporaryFolder(), TemporaryFolder())
    try Self.study(whole).run()
    var finished = 0
    #expect(throws: StudyError.interrupted) {
      try Self.study(cut).run(StudyObserver(onFinish: { _, _ in finished += 1 }, shouldStop: { finished > 0 }))
    }
    let rest = try Self.study(cut)
    #expect(rest.remaining.count == 3)
    try rest.run()
    #expect(try Self.outcomes(cut) == Self.outcomes(whole))
  }

  /// The folder can be read where the parts are not known, and says what they were.
  @Test func theFolderTellsWhatTheyWere() throws {
    let folder = TemporaryFolder()
    try Self.study(folder).run()
    let results = try StudyResults<SweepPlan>(folder: "\(folder.path)/study")
    #expect(results.plan.loss.name == "quartic")
    #expect(results.plan.recipe.optimizer.description == "sign descent, rate 0.002")
    #expect(results.plan.recipe.schedule.description == "inverse-root")
    let summaries = try results.analysis().summaries
    #expect(summaries.map(\.batchSize) == [8, 32] && summaries.allSatisfy { $0.test.mean.isFinite })
    // Two doublings from 8 to 32.
    #expect(results.trials.map(\.outcome.learningRate).sorted() == [0.002, 0.002, 0.006, 0.006])
  }

  @Test func anotherPartIsAnotherPlan() throws {
    let folder = TemporaryFolder()
    try Self.study(folder).run()
    let error = #expect(throws: StudyError.self) { try Self.study(folder, rate: 0.003) }
    #expect(error?.description.contains("sign descent, rate 0.002") == true, "\(String(describing: error))")
  }
}
