import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

@Suite struct RulesStudyTests {
  private func study(
    _ folder: TemporaryFolder, _ plan: RulesPlan, _ data: DataSplits
  ) throws -> Study<TrainingMeasurement<RulesPlan>> {
    try Study(RulesFixture.measurement(plan, data), folder: "\(folder.path)/r", context: .oneThread)
  }

  private func results(_ folder: TemporaryFolder) throws -> StudyResults<RulesPlan> {
    try StudyResults(folder: "\(folder.path)/r")
  }

  /// What was measured, without what depends on the moment.
  private func numbers(_ results: StudyResults<RulesPlan>) -> [String] {
    results.trials.flatMap { trial in
      ["\(trial.trial) \(trial.outcome)"]
        + trial.records.map {
          var record = $0
          record.seconds = 0
          return "\(record)"
        }
    }
  }

  @Test func aPlanHasBatchSizesForEachVariant() throws {
    let plan = try RulesFixture.plan(
      RulesFixture.data(), batches: [32, 128], rules: ["linear", "saturating:96", "linear"])
    #expect(plan.common.batchSizes == [8, 32, 128])
    #expect(
      plan.variants.map(\.name) == [
        "none", "none-warm-up", "linear", "linear-warm-up", "saturating-96", "saturating-96-warm-up",
      ])
    #expect(plan.variants.map { plan.batchSizes(of: $0).count } == [3, 3, 2, 2, 2, 2])
    #expect(plan.trials.count == 14 * 3)
    let legw = try RulesFixture.plan(RulesFixture.data(), rules: ["legw"])
    #expect(legw.variants.map(\.name) == ["none", "none-warm-up", "legw-warm-up"])
    #expect(legw.variants.map(\.sharesBase) == [false, false, false])
    #expect(legw.variants.map { legw.batchSizes(of: $0).count } == [3, 3, 3])
    let plain = try RulesFixture.plan(RulesFixture.data(), warmUp: nil)
    #expect(plain.variants.map(\.name) == ["none", "linear", "sqrt"])
  }

  /// That a variant shares the base batch is a claim about the recipes: the rate stays, and the warm-up changes
  /// nothing; that it does not, that the warm-up changes something.
  @Test(arguments: ["linear", "sqrt", "adam-sqrt", "saturating:96", "legw"])
  func rulesKeepTheSettingsOfTheBaseBatch(_ rule: String) throws {
    var plan = try RulesFixture.plan(RulesFixture.data(), rules: [rule])
    plan.common.recipe.optimizer = try Adam(learningRate: 0.1)
    plan.common.recipe.schedule = try ScheduleCodec.read("cosine")
    let reference = try plan.recipe(of: .reference).settings(batch: 8)
    for variant in plan.variants where variant.sharesBase {
      let settings = try plan.recipe(of: variant).settings(batch: 8)
      #expect(OptimizerSettings(settings.optimizer) == OptimizerSettings(reference.optimizer))
      for examples in stride(from: 0, to: 600, by: 37) {
        let position = TrainingPosition(examples: examples, examplesPerEpoch: 200, totalExamples: 600)
        #expect(settings.schedule.factor(at: position) == reference.schedule.factor(at: position))
      }
    }
    let start = TrainingPosition(examples: 0, examplesPerEpoch: 200, totalExamples: 600)
    for variant in plan.variants where variant != .reference && !variant.sharesBase {
      let warmed = try plan.recipe(of: variant).settings(batch: 8)
      #expect(OptimizerSettings(warmed.optimizer) == OptimizerSettings(reference.optimizer))
      #expect(warmed.schedule.factor(at: start) == 0.03125)
    }
    #expect(plan.variants.count { !$0.sharesBase } == (rule == "legw" ? 3 : 2))
  }

  @Test func runsEveryTrialOnceInOneFolder() throws {
    let folder = TemporaryFolder()
    let data = try RulesFixture.data()
    let plan = try RulesFixture.plan(data)
    var finished: [RuleTrial] = []
    try study(folder, plan, data).run(StudyObserver(onFinish: { trial, _ in finished.append(trial) }))
    #expect(finished == plan.trials && finished.count == (2 * 3 + 4 * 2) * 3)
    #expect(try study(folder, plan, data).remaining.isEmpty)
    let results = try self.results(folder)
    #expect(results.plan == plan && results.trials.count == 42)
    let linear = results.trials.filter { $0.trial.variant.name == "linear" }
    #expect(Set(linear.map(\.trial.batchSize)) == [32, 128] && linear.count == 6)
    // At four times the batch the linear rule takes four times the rate.
    #expect(linear.first?.records.last?.learningRate == 0.08)
    #expect(FolderContent(of: "\(folder.path)/r") == .study(title: "a study of rules"))
    #expect(folder.names(in: "r/trials").contains("linear-warm-up-b32-s1.jsonl"))
  }

  /// Stopped at some update of some variant, a study goes on and ends as one that was never stopped.
  @Test(arguments: [0, 150, 700])
  func goesOnAfterBeingStopped(_ updates: Int) throws {
    let data = try RulesFixture.data()
    let plan = try RulesFixture.plan(data, seeds: [1, 2])
    let undisturbed = TemporaryFolder()
    try study(undisturbed, plan, data).run()

    let disturbed = TemporaryFolder()
    var seen = 0
    let error = #expect(throws: StudyError.self) {
      try study(disturbed, plan, data).run(
        StudyObserver(onProgress: { _, _, _ in seen += 1 }, shouldStop: { seen > updates }))
    }
    #expect(error == .interrupted)
    let before = try results(disturbed).trials.count
    let rest = try study(disturbed, plan, data)
    #expect(rest.remaining.count == plan.trials.count - before && before < plan.trials.count)
    try rest.run()
    #expect(try numbers(results(disturbed)) == numbers(results(undisturbed)))
  }

  @Test func refusesTheFolderOfAnotherPlan() throws {
    let folder = TemporaryFolder()
    let data = try RulesFixture.data()
    let plan = try RulesFixture.plan(data, batches: [8, 32], rules: ["sqrt"], warmUp: nil, seeds: [1], epochs: 1)
    try study(folder, plan, data).run()
    let other = try RulesFixture.plan(data, batches: [8, 16], rules: ["linear"], seeds: [1], epochs: 1)
    let error = #expect(throws: StudyError.self) { try study(folder, other, data) }
    #expect(
      error?.description
        == "\(folder.path)/r holds another study; it differs in batch sizes (here [8, 32], asked for [8, 16]); rules (here "
        + "none,sqrt, asked for none,linear); warm-up (here none, asked for 1); "
        + "give this study a folder of its own, or repeat the other's settings to resume it")
    var rebased = plan
    rebased.baseBatch = 32
    #expect(plan.differences(from: rebased) == ["base batch (here 8, asked for 32)"])
    // A study of rules is no sweep, though the plans have much in common.
    let path = "\(folder.path)/r"
    let sweep = thrownError { () throws(StudyError) in try StudyResults<SweepPlan>(folder: path) }
    #expect(sweep?.description == "\(path) holds a study of rules, not a sweep; give the folder of a sweep")
  }

  /// Earlier versions kept a folder for each variant, and a file of their own.
  @Test func aStudyOfAnEarlierVersionIsRefused() throws {
    let folder = TemporaryFolder()
    let data = try RulesFixture.data()
    try DurableFile.makeFolder("\(folder.path)/r")
    folder.write(#"{"format": 2}"#, to: "r/rules.json")
    let error = StudyError.oldStudy(path: "\(folder.path)/r/rules.json")
    #expect(throws: error) { try results(folder) }
    #expect(throws: error) { try study(folder, RulesFixture.plan(data), data) }
    #expect(folder.names(in: "r") == ["rules.json"])
    #expect(
      error.description
        == "\(folder.path)/r/rules.json is of an older version of this package, which kept each rule of a study in a "
        + "folder of its own; choose another folder, or take the package that has written it")
  }

  @Test func plansThatCannotBeTrainedLeaveNothingBehind() throws {
    let folder = TemporaryFolder()
    let data = try RulesFixture.data()
    func message(_ plan: RulesPlan) -> String? {
      #expect(throws: StudyError.self) { try study(folder, plan, data) }?.description
    }
    #expect(
      message(try RulesFixture.plan(data, rules: ["adam-sqrt"]))?.contains("needs an optimizer with moments") == true)
    #expect(message(try RulesFixture.plan(data, batches: [8, 100_000]))?.contains("larger than the data") == true)
    #expect(
      message(try RulesFixture.plan(data, rules: ["legw"], warmUp: nil))
        == "LEGW scales the warm-up of the base batch; give one, such as 0.5 epochs")
    #expect(
      message(try RulesFixture.plan(data, batches: [8]))
        == "rules differ at other batch sizes than the base batch 8 alone; name one")
    #expect(folder.names().isEmpty)
  }

  @Test func theCostCountsTrialsOfAllVariants() throws {
    let data = try RulesFixture.data()
    let cost = try RulesFixture.measurement(RulesFixture.plan(data), data).cost(.oneThread)
    // The base batch is trained without a rule only, with and without a warm-up.
    #expect(cost.entries.map(\.trialCount) == [2 * 3, 6 * 3, 6 * 3] && cost.trialCount == 42)
    #expect(abs(cost.seconds - cost.entries.reduce(0) { $0 + $1.seconds }) < 1e-12 && cost.seconds > 0)
  }
}
