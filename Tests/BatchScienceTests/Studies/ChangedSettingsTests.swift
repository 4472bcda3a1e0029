import BatchAlgebra
import BatchData
import BatchFoundation
import BatchProfiling
import BatchTestSupport
import BatchTraining
import Foundation
import Testing

@testable import BatchScience

/// Adaptive studies that are resumed with other settings, or whose step times are lost: what is there is used, and stays.
@Suite struct ChangedSettingsTests {
  private let folder = TemporaryFolder()

  // MARK: the mechanism

  /// Two coins, each thrown until heads come up or a limit is reached.
  private struct LimitedCoins: StudyPlan {
    static let kind = "limited-coins"
    static let title = "a study of limited coins"
    static let isAdaptive = true

    struct Trial: StudyTrial {
      var seed: UInt64
      var limit: Int
      var batchSize: Int { 1 }
      var key: String { "coin-s\(seed)" }
      var description: String { "seed \(seed), at most \(limit) throws" }
    }
    typealias Record = CoinPlan.Record
    typealias Outcome = CoinPlan.Outcome

    var chance: Double
    var limit: Int

    var trials: [Trial] { [Trial(seed: 1, limit: limit)] }
    var identity: LimitedCoins { LimitedCoins(chance: chance, limit: 0) }
    var timedSizes: [Int] { limit < 5 ? [1] : [1, 2] }
    func trial(after results: StudyResults<LimitedCoins>) -> Trial? {
      results.trials.count < 2 ? Trial(seed: UInt64(results.trials.count + 1), limit: limit) : nil
    }
    func isAnswered(_ trial: Trial, by result: TrialResult<LimitedCoins>) -> Bool {
      result.outcome.heads > 0 || result.trial.limit >= trial.limit
    }
    func differences(from other: LimitedCoins) -> [String] {
      (chance == other.chance ? [] : ["chance"]) + (limit == other.limit ? [] : ["limit \(limit), not \(other.limit)"])
    }
    func analysis(of results: StudyResults<LimitedCoins>) -> Int { results.trials.count }
  }

  private struct Measurement: StudyMeasurement {
    var plan: LimitedCoins

    func measure(
      _ trial: LimitedCoins.Trial, _ recorder: TrialRecorder<LimitedCoins>
    ) throws(StudyError) -> CoinPlan.Outcome {
      var stream = RandomStream(seed: trial.seed, name: "coin")
      for count in 1...trial.limit {
        let isHeads = stream.uniform() < plan.chance
        try recorder.record(CoinPlan.Record(isHeads: isHeads))
        if isHeads { return CoinPlan.Outcome(heads: 1) }
        try recorder.progress(Double(count) / Double(trial.limit))
      }
      return CoinPlan.Outcome(heads: 0)
    }

    /// With each limit other times, so that it shows when they were taken.
    func stepTimes(_ context: ComputeContext, team: ThreadTeam, _ observer: ProfileObserver) -> [StepTimes.Point]? {
      plan.timedSizes.map { StepTimesFixture.point($0, seconds: 1e-6 * Double(plan.limit)) }
    }

    func cost(_ context: ComputeContext, team: ThreadTeam) -> StudyCost { StudyCost(entries: []) }
  }

  private func coins(_ limit: Int, chance: Double = 0) throws -> Study<Measurement> {
    try Study(
      Measurement(plan: LimitedCoins(chance: chance, limit: limit)), folder: "\(folder.path)/c", context: .oneThread)
  }

  private var limits: [Int] {
    get throws { try StudyResults<LimitedCoins>(folder: "\(folder.path)/c").trials.map(\.trial.limit) }
  }

  @Test func aTrialWithOtherLimitsIsKeptBesideThoseThatAreThere() throws {
    try coins(4).run()
    let first = folder.read("c/trials/coin-s1.jsonl")
    do {
      let longer = try coins(9)
      #expect(longer.settingDifferences == ["limit 4, not 9"] && longer.remaining.map(\.limit) == [9])
      // Nothing is changed before it runs.
      #expect(try limits == [4, 4])
      // Stopped in the middle of the second, it has the first.
      var seen = 0
      #expect(throws: StudyError.interrupted) {
        try longer.run(StudyObserver(onProgress: { _, _, _ in seen += 1 }, shouldStop: { seen > 12 }))
      }
    }
    #expect(try limits == [9] && folder.names(in: "c/trials").contains("coin-s2+2.jsonl.partial"))
    try coins(9).run()
    #expect(try limits == [9, 9] && folder.read("c/trials/coin-s1.jsonl") == first)
    #expect(
      folder.names(in: "c/trials") == ["coin-s1+2.jsonl", "coin-s1.jsonl", "coin-s2+2.jsonl", "coin-s2.jsonl"])
    #expect(try StudyResults<LimitedCoins>(folder: "\(folder.path)/c").unusedCount == 2)
    // One with fewer throws is answered by those that are there, the same before others.
    for (limit, used) in [(4, 4), (2, 4), (6, 9)] {
      let study = try coins(limit)
      #expect(study.remaining.isEmpty && study.trialCount == 2)
      try study.run()
      #expect(try limits == [used, used])
    }
    #expect(folder.names(in: "c/trials").count == 4)
  }

  /// What followed from step times keeps them; sizes that other settings ask for join them.
  @Test func sizesThatWereLeftUntimedAreTimed() throws {
    func times() throws -> [Int: Double] {
      let points = try StudyResults<LimitedCoins>(folder: "\(folder.path)/c").chosenStepTimes?.points ?? []
      return Dictionary(uniqueKeysWithValues: points.map { ($0.batch, (($0.time?.value ?? 0) * 1e6).rounded()) })
    }
    try coins(3).run()
    try coins(4).run()
    #expect(try times() == [1: 3])
    try coins(9).run()
    #expect(try times() == [1: 3, 2: 9])
    try coins(4).run()
    try coins(7).run()
    #expect(try times() == [1: 3, 2: 9])
  }

  @Test func whatChangesTheNumbersIsAnotherStudy() throws {
    do { _ = try coins(4) }
    #expect(throws: StudyError.anotherStudy(folder: "\(folder.path)/c", differences: ["chance"])) {
      try coins(9, chance: 0.5)
    }
  }

  @Test func aFileOfAnotherKeyIsDamage() throws {
    try coins(4).run()
    folder.write(try #require(folder.read("c/trials/coin-s1.jsonl")), to: "c/trials/coin-s2.jsonl")
    let error = #expect(throws: StudyError.self) { try limits }
    #expect(error?.description.contains("it holds the trial of seed 1, at most 4 throws") == true)
  }

  // MARK: runs to a goal

  private static func run(
    _ end: GoalOutcome.End, updates: Int, most: Int, gates: [GoalGate] = [], goal: Double? = 0.5, losses: [Double]
  ) throws -> TrialResult<RecommendPlan> {
    let trial = GoalTrial(
      role: .search, batchSize: 8, learningRate: 0.1, seed: 1,
      goal: try goal.map { try TrainingGoal(.validationLoss, $0) }, mostUpdates: most, gates: gates)
    let records = losses.enumerated().map { index, loss in
      EvaluationRecord(
        update: index * 10, epoch: 1, examples: index * 80, seconds: 0, batchLoss: nil, trainingLoss: loss,
        trainingAccuracy: nil, validationLoss: loss, validationAccuracy: nil, distance: 0, gradientNorm: nil)
    }
    return TrialResult(
      start: TrialStart(study: "", trial: trial, environment: .current()), records: records,
      outcome: GoalOutcome(
        end: end, stepsToGoal: end == .reached ? Double(updates) : nil, updates: updates, best: nil, parameters: 1))
  }

  /// The course of a run does not hang on its limits; what it shows ends where they end it.
  @Test func aRunAnswersForThoseWhoseLimitsDidNotEndItSooner() throws {
    let plan = try GoalFixture.recommendation(GoalFixture.data(), "validation-loss:0.5")
    func answers(_ run: TrialResult<RecommendPlan>, _ change: (inout GoalTrial) -> Void) -> Bool {
      var trial = run.trial
      change(&trial)
      return plan.isAnswered(trial, by: run)
    }
    let reached = try Self.run(.reached, updates: 30, most: 100, losses: [2, 1.5, 1, 0.5])
    #expect(answers(reached) { $0.mostUpdates = 1000 } && answers(reached) { $0.mostUpdates = 40 })
    #expect(!answers(reached) { $0.seed = 2 } && !answers(reached) { $0.batchSize = 16 })
    #expect(!answers(reached) { $0.learningRate = 0.2 } && !answers(reached) { $0.role = .repeat })
    let other = try TrainingGoal(.validationLoss, 0.4)
    #expect(!answers(reached) { $0.goal = other })
    let given = try Self.run(.outOfUpdates, updates: 30, most: 30, losses: [2, 1.5, 1.2, 1])
    #expect(answers(given) { $0.mostUpdates = 20 } && !answers(given) { $0.mostUpdates = 40 })
    let gate = [GoalGate(update: 20, value: 1.4)], missed = [GoalGate(update: 20, value: 1.1)]
    #expect(!answers(given) { ($0.mostUpdates, $0.gates) = (40, gate) })
    #expect(answers(given) { ($0.mostUpdates, $0.gates) = (40, missed) })
    #expect(!answers(given) { ($0.mostUpdates, $0.gates) = (80, [GoalGate(update: 60, value: 1.1)]) })
    let behind = try Self.run(.behind, updates: 20, most: 100, gates: missed, losses: [2, 1.5, 1.2])
    #expect(answers(behind) { $0.mostUpdates = 200 } && answers(behind) { ($0.mostUpdates, $0.gates) = (20, []) })
    #expect(!answers(behind) { $0.gates = [] } && !answers(behind) { $0.gates = gate })
    // A budget's pilot shows where its updates lead to.
    let budget = try Self.run(.outOfUpdates, updates: 30, most: 30, goal: nil, losses: [2, 1.5, 1.2, 1])
    #expect(answers(budget) { _ in } && !answers(budget) { $0.mostUpdates = 20 })
  }

  private func study(
    _ name: String, _ effort: RecommendationEffort, _ data: DataSplits
  ) throws -> Study<GoalMeasurement<RecommendPlan>> {
    let plan = try GoalFixture.recommendation(data, "validation-loss:0.3", effort: effort)
    return try Study(
      GoalMeasurement(plan: plan, data: data, model: try GoalFixture.model(data)), folder: "\(folder.path)/\(name)",
      context: .oneThread)
  }

  private func results(_ name: String) throws -> StudyResults<RecommendPlan> {
    try StudyResults(folder: "\(folder.path)/\(name)")
  }

  private func answer(_ name: String) throws -> Recommendation {
    var answer = RecommendationAnalysis(try results(name)).recommendation
    answer.spentSeconds = 0
    return answer
  }

  private func stepTimes(_ name: String) throws -> String {
    try #require(folder.names(in: name).first { $0.hasPrefix("step-times-") })
  }

  /// With the same step times more effort ends as if it had been given at once.
  @Test func moreEffortGoesOnFromTheRunsThatAreThere() throws {
    let data = try GoalFixture.data()
    try study("a", .seconds, data).run()
    let few = folder.names(in: "a/trials")
    let times = try stepTimes("a")
    try DurableFile.makeFolder("\(folder.path)/b")
    folder.write(try #require(folder.read("a/\(times)")), to: "b/\(times)")
    try study("b", .minutes, data).run()

    var started: [String] = []
    do {
      let more = try study("a", .minutes, data)
      #expect(more.settingDifferences == ["effort (here seconds, asked for minutes)"])
      #expect(throws: StudyError.interrupted) {
        try more.run(StudyObserver(onStart: { started.append($0.key) }, shouldStop: { started.count > 1 }))
      }
    }
    #expect(try results("a").plan.effort == .minutes)
    try study("a", .minutes, data).run(StudyObserver(onStart: { started.append($0.key) }))
    #expect(try answer("a") == answer("b"))
    #expect(Set(started).isDisjoint(with: few.map { $0.replacing(".jsonl", with: "") }))
    #expect(try stepTimes("a") == times && folder.read("a/\(times)") == folder.read("b/\(times)"))

    // Less effort is what the first runs were.
    let less = try study("a", .seconds, data)
    #expect(less.remaining.isEmpty && less.trialCount == few.count)
  }

  /// Whether the file is missing or damaged, no trial is blamed for it, and none is lost.
  @Test(arguments: [nil, "{"])
  func lostStepTimesAreNamedAndTimedAnew(_ content: String?) throws {
    let data = try GoalFixture.data()
    try study("a", .minutes, data).run()
    let trials = folder.names(in: "a/trials")
    let before = trials.map { folder.read("a/trials/\($0)") }
    let file = try stepTimes("a")
    if let content {
      folder.write(content, to: "a/\(file)")
    } else {
      try DurableFile.remove("\(folder.path)/a/\(file)")
    }
    let lost = try results("a")
    #expect(lost.lostStepTimes?.contains(file) == true && !lost.isFinished)
    #expect(lost.trials.count + lost.unusedCount == trials.count)
    let error = #expect(throws: StudyError.self) { try lost.requireFinished(in: "a") }
    #expect(error?.description.contains("the step times from which its trials followed are lost") == true)
    #expect(error?.description.contains(file) == true)
    do {
      let again = try study("a", .minutes, data)
      #expect(again.lostStepTimes == lost.lostStepTimes)
      try again.run()
    }
    let found = try results("a")
    #expect(found.isFinished && found.lostStepTimes == nil && found.stepTimes.count == 1)
    #expect(trials.map { folder.read("a/trials/\($0)") } == before)
    // The runs for the rate are at the same batch size, whatever the times, or others are beside them.
    #expect(found.trials.count + found.unusedCount == folder.names(in: "a/trials").count)
    try found.requireFinished(in: "a")
  }
}
