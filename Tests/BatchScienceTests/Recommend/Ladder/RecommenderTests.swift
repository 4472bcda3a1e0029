import BatchData
import BatchTestSupport
import BatchTraining
import Foundation
import Testing

@testable import BatchScience

/// Recommendations from runs: what they answer, when they do not, and that they can be stopped anywhere.
@Suite struct RecommenderTests {
  private let folder = TemporaryFolder()

  private func study(
    _ name: String, _ plan: RecommendPlan, _ data: DataSplits
  ) throws -> Study<GoalMeasurement<RecommendPlan>> {
    try Study(
      GoalMeasurement(plan: plan, data: data, model: try GoalFixture.model(data)), folder: "\(folder.path)/\(name)",
      context: .oneThread)
  }

  private func recommend(
    _ target: String, effort: RecommendationEffort = .minutes, data: DataSplits? = nil, epochs: Int = 40,
    rate: Double? = nil, batches: [Int]? = nil
  ) throws -> Recommendation {
    let data = try data ?? GoalFixture.data()
    let plan = try GoalFixture.recommendation(
      data, target, effort: effort, batches: batches, epochs: epochs, rate: rate)
    return try Recommender(plan, data: data, model: GoalFixture.model(data)).recommend(
      in: "\(folder.path)/r", context: .oneThread)
  }

  @Test(arguments: RecommendationEffort.allCases.dropLast())
  func aGoalThatIsReachedHasAnAnswer(_ effort: RecommendationEffort) throws {
    let answer = try recommend("validation-loss:0.3", effort: effort)
    try #require(answer.verdict == .answer, "\(answer.shortage ?? "")")
    let (batch, seconds, steps) = (
      try #require(answer.updateBatch), try #require(answer.seconds), try #require(answer.steps)
    )
    let range = try #require(answer.within10Percent)
    #expect(range.low <= batch && batch <= range.high && answer.microBatch == batch)
    for estimate in [seconds, steps, try #require(answer.examples), try #require(answer.criticalBatch)] {
      #expect(0 < estimate.low && estimate.low <= estimate.value && estimate.value <= estimate.high)
    }
    #expect(answer.learningRate ?? 0 > 0 && answer.fault == nil)
    #expect(answer.evidence == (effort == .seconds ? .noiseScale : .tunedRuns))
    #expect(!answer.weakestLink.isEmpty && answer.spentSeconds > 0)
    // The answer is the least of its own curve, or a trained batch next to it.
    let least = answer.candidates.map(\.expectedSeconds).min() ?? 0
    let chosen = answer.candidates.first { $0.batch == batch }?.expectedSeconds ?? .infinity
    #expect(chosen <= 1.03 * least)
  }

  @Test(arguments: ["0.02s", "10epochs", "5000examples"])
  func aBudgetHasTheLevelOfItsPilotForAGoal(_ budget: String) throws {
    let answer = try recommend(budget)
    #expect(answer.goal?.measure == .validationLoss)
    #expect((answer.verdict == .answer) == (answer.updateBatch != nil))
    let results = try StudyResults<RecommendPlan>(folder: "\(folder.path)/r")
    let pilots = results.trials.filter { $0.trial.role == .search && $0.trial.goal == nil }
    #expect(pilots.compactMap(\.outcome.best).min() == answer.goal?.value)
  }

  @Test func aGoalThatIsNeverReachedIsNotAnswered() throws {
    let answer = try recommend("validation-loss:0.000001", epochs: 2)
    #expect(answer.verdict == .notEnoughEvidence && answer.updateBatch == nil && answer.seconds == nil)
    #expect(answer.shortage?.contains("no run reached validation-loss:1e-06") == true)
  }

  @Test func aTrainingThatDivergesIsNotAnswered() throws {
    let data = try DataSource(parsing: "teacher:examples=400,width=8").load(seed: 1)
    var plan = try GoalFixture.recommendation(data, "validation-loss:0.01", epochs: 3, rate: 1e5)
    plan.common.recipe.optimizer = try SGD(learningRate: 1e5, momentum: 0.9)
    let model = try ModelText("mlp:64,64,64").model(for: data.train)
    let answer = try Recommender(plan, data: data, model: model).recommend(
      in: "\(folder.path)/r", context: .oneThread)
    #expect(answer.verdict == .notEnoughEvidence && answer.updateBatch == nil)
  }

  /// At batch 1 there is no noise scale, and with one candidate none is needed.
  @Test(arguments: [1, 32])
  func theOnlyCandidateIsTheAnswer(_ batch: Int) throws {
    let answer = try recommend("validation-loss:0.4", batches: [batch])
    try #require(answer.verdict == .answer, "\(answer.shortage ?? "")")
    #expect(answer.updateBatch == batch && answer.rateIsTuned && answer.expectedRegret == 0)
    #expect(answer.within10Percent == Recommendation.BatchRange(low: batch, high: batch))
    #expect(!answer.weakestLink.contains("critical batch"), "\(answer.weakestLink)")
    // What is foretold is what was measured.
    let results = try StudyResults<RecommendPlan>(folder: "\(folder.path)/r")
    let steps = results.trials.filter { $0.trial.learningRate == answer.learningRate }.compactMap(\.outcome.stepsToGoal)
    let (least, most) = (try #require(steps.min()), try #require(steps.max()))
    #expect(answer.steps.map { least * 0.8 <= $0.value && $0.value <= most * 1.2 } == true)
  }

  /// Half and twice a hopeless rate are hopeless, too: another goal or effort would help nothing.
  @Test(arguments: [1e-9, 1e4])
  func aHopelessRateIsTheReason(_ rate: Double) throws {
    let answer = try recommend("validation-loss:0.3", epochs: 5, rate: rate)
    #expect(answer.verdict == .notEnoughEvidence)
    #expect(answer.shortage?.hasSuffix("leave the learning rate to the search") == true, "\(answer.shortage ?? "")")
    #expect(answer.shortage?.contains("that was given") == true && answer.shortage?.contains("effort") == false)
  }

  /// Runs that end with their epochs ask for more of them, and not for effort.
  @Test func whatEndedTheRunsIsWhatIsAskedFor() throws {
    let short = try recommend("validation-loss:0.1", epochs: 1)
    #expect(short.shortage?.contains("allow more epochs") == true, "\(short.shortage ?? "")")
    #expect(short.shortage?.contains("effort") == false && short.shortage?.contains("search") == false)
  }

  @Test func aGoalThatTheInitialWeightsMeetIsRefused() throws {
    #expect(throws: StudyError.self) { try recommend("validation-loss:100") }
  }

  @Test(arguments: [50, 20])
  func fewExamplesAreEnoughOrSaidToBeTooFew(_ count: Int) throws {
    let data = try GoalFixture.data(examples: count)
    let answer = try recommend("validation-loss:0.3", effort: .seconds, data: data)
    #expect((answer.verdict == .answer) == (answer.updateBatch != nil))
    if let batch = answer.updateBatch { #expect(batch <= data.train.count) }
  }

  @Test func aBatchAboveTheDataIsRefused() throws {
    let data = try GoalFixture.data()
    let plan = try GoalFixture.recommendation(data, "validation-loss:0.3", batches: [8, 100_000])
    #expect(throws: StudyError.self) { try study("r", plan, data) }
    #expect(folder.names().isEmpty)
  }

  @Test func anAccuracyOfValuesIsRefused() throws {
    let path = folder.write(
      Array("a,b\n".utf8) + (0..<200).flatMap { Array("\($0),\(Double($0) * 1.5)\n".utf8) }, to: "t.csv")
    let data = try DataSource(parsing: path).load(seed: 1)
    let plan = try RecommendPlan(
      common: SweepPlan(
        data: "t", splits: data, model: "mlp:4", loss: .meanSquaredError,
        recipe: TrainingRecipe(optimizer: SGD(learningRate: 0.1)), batchSizes: [8, 16], seeds: [1], epochs: 2,
        lastBatch: .drop),
      target: RecommendationTarget("accuracy:90%"), effort: .seconds)
    let error = #expect(throws: StudyError.self) {
      try Recommender(plan, data: data, model: ModelText("mlp:4").model(for: data.train)).recommend(
        in: "\(folder.path)/r", context: .oneThread)
    }
    #expect(error == .goal(.noAccuracy))
  }

  /// With the same step times, on which the order of the runs hangs, a study that was stopped again and again ends as one
  /// that was not.
  @Test func stoppedAgainAndAgainItAnswersTheSame() throws {
    let data = try GoalFixture.data()
    let plan = try GoalFixture.recommendation(data, "validation-loss:0.3")
    var starts = 0
    #expect(throws: StudyError.interrupted) {
      try study("a", plan, data).run(StudyObserver(onStart: { _ in starts += 1 }, shouldStop: { starts > 1 }))
    }
    // Beside other tests runs may seem to refute them, which must not have one of the two time its steps again.
    for var times in StepTimesFile.read(
      in: "\(folder.path)/a", study: try study("a", plan, data).description.fingerprint
    )
    .times {
      times.isSecond = true
      try StepTimesFile.write(times, in: "\(folder.path)/a")
    }
    try FileManager.default.copyItem(atPath: "\(folder.path)/a", toPath: "\(folder.path)/b")
    try study("a", plan, data).run()
    for limit in [1, 5, 30, 100, 300, 700] {
      var seen = 0
      try? study("b", plan, data).run(StudyObserver(onProgress: { _, _, _ in seen += 1 }, shouldStop: { seen > limit }))
    }
    try study("b", plan, data).run()
    var answers = try ["a", "b"].map {
      RecommendationAnalysis(try StudyResults(folder: "\(folder.path)/\($0)")).recommendation
    }
    for index in answers.indices { answers[index].spentSeconds = 0 }
    #expect(answers[0] == answers[1])
  }

  @Test func aRecommendationIsPutToTheTest() throws {
    let data = try GoalFixture.data()
    let plan = try GoalFixture.recommendation(data, "validation-loss:0.3")
    let recommender = Recommender(plan, data: data, model: try GoalFixture.model(data))
    let answer = try recommender.recommend(in: "\(folder.path)/r", context: .oneThread)
    let batch = try #require(answer.updateBatch)
    let test = try recommender.verify("\(folder.path)/r", in: "\(folder.path)/v", seeds: 3)
    let asked = Set([batch / 4, batch / 2, batch, 2 * batch, 4 * batch, 32]).filter { 1...data.train.count ~= $0 }
    #expect(Set(test.sizes.map(\.batch)) == asked)
    #expect(test.recommended?.batch == batch && test.recommended?.best != nil)
    #expect(test.regret == nil || test.regret.map { $0.value >= 0 } == true)
    let seeds = Set(test.sizes.flatMap(\.runs).map(\.seed))
    #expect(seeds.isDisjoint(with: plan.common.seeds))
  }

  @Test func whatGivesNoAnswerCannotBePutToTheTest() throws {
    _ = try recommend("validation-loss:0.000001", epochs: 1)
    #expect(throws: VerifyError.self) {
      try VerifyPlan(StudyResults<RecommendPlan>(folder: "\(folder.path)/r"), seeds: 3)
    }
  }
}
