import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// Studies of steps to a goal: trials that follow from one another.
@Suite struct StepsToGoalStudyTests {
  private let folder = TemporaryFolder()

  private func study(_ name: String, _ plan: StepsToGoalPlan) throws -> Study<GoalMeasurement<StepsToGoalPlan>> {
    let data = try GoalFixture.data()
    return try Study(
      GoalMeasurement(plan: plan, data: data, model: try GoalFixture.model(data)), folder: "\(folder.path)/\(name)",
      context: .oneThread)
  }

  private func results(_ name: String) throws -> StudyResults<StepsToGoalPlan> {
    try StudyResults(folder: "\(folder.path)/\(name)")
  }

  /// What was measured, without the machine and the moment.
  private func numbers(_ name: String) throws -> [String] {
    try results(name).trials.map { run in
      var records = run.records
      for index in records.indices { records[index].seconds = 0 }
      return "\(run.trial) \(run.trial.gates) \(records) \(run.outcome)"
    }
  }

  @Test func eachSizeIsTunedAndRepeated() throws {
    let plan = try GoalFixture.stepsToGoal(GoalFixture.data())
    try study("s", plan).run()
    let results = try results("s")
    #expect(results.missingCount == 0)
    let analysis = try results.analysis()
    #expect(analysis.sizes.map(\.batch) == [8, 32, 128])
    for size in analysis.sizes {
      let best = try #require(size.best)
      #expect(size.isInterior && size.search.allSatisfy { $0.steps ?? .infinity >= 0.8 * (best.steps ?? 0) })
      #expect(size.runs.count == 1 && size.runs[0].seed == 2, "the run of the search does not count")
    }
    // Larger batches need fewer updates and more examples.
    let steps = analysis.sizes.compactMap(\.meanSteps)
    #expect(steps[0] > 1.2 * steps[2])
    #expect(steps[2] * 128 > steps[0] * 8)
    #expect(analysis.fit != nil)
    // Every crossing lies between its last two evaluations, which are close.
    for run in results.trials where run.outcome.end == .reached {
      let steps = try #require(run.outcome.stepsToGoal)
      let last = run.records.suffix(2).map { Double($0.update) }
      #expect(last[0] <= steps && steps <= last[1])
      #expect(last[1] - last[0] <= max(1, 0.4 * last[0]))
    }
  }

  @Test(arguments: [0, 3, 40, 200])
  func stoppedAnywhereItEndsAsIfItHadNotBeen(_ count: Int) throws {
    let plan = try GoalFixture.stepsToGoal(GoalFixture.data(), batches: [16, 64])
    try study("whole", plan).run()
    var seen = 0
    #expect(throws: StudyError.interrupted) {
      try study("s", plan).run(StudyObserver(onProgress: { _, _, _ in seen += 1 }, shouldStop: { seen > count }))
    }
    do {
      let stopped = try study("s", plan)
      #expect(stopped.remaining.count == 1)
      try stopped.run()
    }
    #expect(try numbers("s") == numbers("whole"))
    #expect(try study("s", plan).remaining.isEmpty)
  }

  @Test func itIsNotSplitIntoShards() throws {
    let data = try GoalFixture.data()
    let measurement = GoalMeasurement(
      plan: try GoalFixture.stepsToGoal(data), data: data, model: try GoalFixture.model(data))
    #expect(throws: StudyError.self) {
      try Study(
        measurement, folder: "\(folder.path)/s", context: .oneThread, shard: StudyShard(index: 1, count: 2))
    }
    #expect(folder.names().isEmpty)
  }

  @Test func aGoalThatIsMetAtTheStartEndsTheStudy() throws {
    let plan = try GoalFixture.stepsToGoal(GoalFixture.data(), loss: 50)
    let error = #expect(throws: StudyError.self) { try study("s", plan).run() }
    guard case .goal(.metAtTheStart) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aGoalThatIsNeverReachedIsNoNumber() throws {
    var plan = try GoalFixture.stepsToGoal(GoalFixture.data(), batches: [64], loss: 1e-9)
    plan.common.epochs = 2
    try study("s", plan).run()
    let analysis = try results("s").analysis()
    #expect(analysis.sizes[0].best == nil && analysis.sizes[0].runs.isEmpty && analysis.fit == nil)
    #expect(analysis.sizes[0].runCount == plan.search.mostPoints && analysis.fastest == nil)
  }

  @Test func whatCannotBeOfARunIsRefused() throws {
    let plan = try GoalFixture.stepsToGoal(GoalFixture.data(), batches: [64], seeds: [1])
    try study("s", plan).run()
    let run = try #require(try results("s").trials.first { $0.outcome.end == .reached })
    func fault(_ change: (inout GoalOutcome) -> Void) -> String? {
      var outcome = run.outcome
      change(&outcome)
      return plan.fault(in: TrialResult(start: run.start, records: run.records, outcome: outcome))?.reason
    }
    #expect(fault { _ in } == nil)
    #expect(fault { $0.stepsToGoal = nil } != nil)
    #expect(fault { $0.stepsToGoal = .nan } != nil)
    #expect(fault { $0.stepsToGoal = Double($0.updates) + 1 } != nil)
    #expect(fault { $0.end = .behind } != nil)
    #expect(fault { $0.updates = -1 } != nil)
    #expect(fault { $0.best = .infinity } != nil)
    #expect(plan.fault(in: TrialResult(start: run.start, records: [], outcome: run.outcome)) != nil)
  }

  @Test func theLuckiestRateIsNotTakenForTheBest() throws {
    func run(_ rate: Double, _ seed: UInt64, _ steps: Double?, allowance: Int = 100) -> TrialResult<StepsToGoalPlan> {
      let trial = GoalTrial(
        role: seed == 1 ? .search : .repeat, batchSize: 8, learningRate: rate, seed: seed, goal: nil,
        mostUpdates: allowance)
      return TrialResult(
        start: TrialStart(study: "", trial: trial, environment: .current()),
        records: [],
        outcome: GoalOutcome(
          end: steps == nil ? .outOfUpdates : .reached, stepsToGoal: steps, updates: 100, best: nil, parameters: 1))
    }
    let common = try GoalFixture.stepsToGoal(GoalFixture.data()).common
    func tuned(_ runs: [TrialResult<StepsToGoalPlan>]) -> TunedBatch { TunedBatch(8, runs, of: common) }
    #expect(tuned([run(0.1, 1, 50), run(0.2, 1, 45), run(0.4, 1, nil)]).best?.point.learningRate == 0.1)
    var runs = [run(0.1, 1, 50), run(0.2, 1, 30), run(0.4, 1, nil)]
    func next() -> (rate: Double, seed: UInt64)? {
      tuned(runs).nextSeed(of: [1, 2, 3], close: 1).map { ($0.point.learningRate, $0.seed) }
    }
    #expect(next() ?? (0, 0) == (0.2, 2))
    runs.append(run(0.2, 2, nil))
    #expect(next() ?? (0, 0) == (0.1, 2), "the 100 updates of a run that got lost count")
    runs += [run(0.1, 2, 55), run(0.1, 3, 51)]
    #expect(next() == nil)
    // A rate that is close has a second seed where it is asked for, one that was given up too soon in any case.
    let close = tuned(runs + [run(0.15, 1, 60)]).nextSeed(of: [1, 2, 3], close: 2)
    #expect(close?.point.learningRate == 0.15 && close?.seed == 2)
    let early = tuned(runs + [run(0.05, 1, nil, allowance: 45)]).nextSeed(of: [1, 2, 3], close: 1)
    #expect(early?.point.learningRate == 0.05 && early?.seed == 2 && early?.mostUpdates == 156)
    let last = tuned(runs)
    #expect(last.best?.point.learningRate == 0.1 && last.best?.mean == 52)
    #expect(last.measurements.map(\.steps) == [55, 51])
  }

  /// All updates over the number of runs that got there, whatever their order.
  @Test func whatGetsLostCountsAsTheWayOfTheNext() throws {
    func mean(_ steps: [Double?]) -> Double {
      let runs = steps.enumerated().map { TunedBatch.Run(seed: UInt64($0.offset), steps: $0.element, updates: 300) }
      let courses = TunedBatch.courses(runs)
      #expect(courses.count == steps.compactMap { $0 }.count)
      return Sample(courses.map(\.steps)).mean
    }
    #expect(mean([50, nil, 70, 60, nil, nil]) == 360)
    #expect(mean([nil, nil, 80]) == 680)
    #expect(mean([nil]).isNaN)
    let runs = [
      TunedBatch.Run(seed: 0, steps: nil, updates: 120), TunedBatch.Run(seed: 1, steps: 40, updates: 41),
      TunedBatch.Run(seed: 2, steps: nil, updates: 120), TunedBatch.Run(seed: 3, steps: 80, updates: 81),
    ]
    let courses = TunedBatch.courses(runs)
    #expect(courses.map(\.seed) == [1, 3])
    #expect(courses.map(\.steps) == [160, 200])
    let rate = TunedBatch.Rate(point: RateSearch.Point(learningRate: 1), runs: runs)
    #expect(rate.mean == 180 && rate.mostUpdates == 180, "a run is given up after three times those that got there")
    let early = TunedBatch.Rate(point: rate.point, updatesPerEpoch: 500, runs: runs)
    #expect(early.mostUpdates == 500, "and not within the first epoch")
  }
}
