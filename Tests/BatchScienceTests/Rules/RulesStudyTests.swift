import BatchData
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

@Suite struct RulesStudyTests {
  private func study(_ folder: TemporaryFolder, _ plan: RulesPlan, _ data: DataSplits) throws -> RulesStudy {
    try RulesStudy(plan: plan, data: data, model: RulesFixture.model(data), folder: "\(folder.path)/r")
  }

  /// What was measured, without what depends on the moment.
  private func numbers(_ results: RulesResults) -> [String] {
    results.entries.flatMap { entry in
      entry.trials.flatMap { trial in
        ["\(entry.variant) \(trial.trial) \(trial.end)"]
          + trial.evaluations.map {
            var record = $0
            record.seconds = 0
            return "\(record)"
          }
      }
    }
  }

  @Test func aPlanHasASweepForEachVariant() throws {
    let plan = try RulesFixture.plan(
      RulesFixture.data(), batches: [32, 128], rules: ["linear", "saturating:96", "linear"])
    #expect(plan.common.batchSizes == [8, 32, 128])
    #expect(
      plan.variants.map(\.folderName) == [
        "none", "none-warm-up", "linear", "linear-warm-up", "saturating-96", "saturating-96-warm-up",
      ])
    #expect(plan.variants.map { plan.sweep(of: $0).batchSizes.count } == [3, 3, 2, 2, 2, 2])
    #expect(plan.trials.count == 14 * 3)
    let legw = try RulesFixture.plan(RulesFixture.data(), rules: ["legw"])
    #expect(legw.variants.map(\.folderName) == ["none", "none-warm-up", "legw-warm-up"])
    #expect(legw.variants.map(\.sharesBase) == [false, false, false])
    #expect(legw.variants.map { legw.sweep(of: $0).batchSizes.count } == [3, 3, 3])
    let plain = try RulesFixture.plan(RulesFixture.data(), warmUp: nil)
    #expect(plain.variants.map(\.folderName) == ["none", "linear", "sqrt"])
  }

  /// That a variant shares the base batch is a claim about the recipes: the rate stays, and the warm-up changes
  /// nothing; that it does not, that the warm-up changes something.
  @Test(arguments: ["linear", "sqrt", "adam-sqrt", "saturating:96", "legw"])
  func rulesKeepTheSettingsOfTheBaseBatch(_ rule: String) throws {
    var plan = try RulesFixture.plan(RulesFixture.data(), rules: [rule])
    plan.common.recipe.optimizer = .adam(try Adam(learningRate: 0.1))
    plan.common.recipe.schedule = try ScheduleText("cosine")
    let reference = try plan.recipe(of: .reference).settings(batch: 8)
    for variant in plan.variants where variant.sharesBase {
      let settings = try plan.recipe(of: variant).settings(batch: 8)
      #expect(settings.optimizer == reference.optimizer)
      for examples in stride(from: 0, to: 600, by: 37) {
        let position = TrainingPosition(examples: examples, examplesPerEpoch: 200, totalExamples: 600)
        #expect(settings.schedule.factor(at: position) == reference.schedule.factor(at: position))
      }
    }
    let start = TrainingPosition(examples: 0, examplesPerEpoch: 200, totalExamples: 600)
    for variant in plan.variants where variant != .reference && !variant.sharesBase {
      let warmed = try plan.recipe(of: variant).settings(batch: 8)
      #expect(warmed.optimizer == reference.optimizer && warmed.schedule.factor(at: start) == 0.03125)
    }
    #expect(plan.variants.count { !$0.sharesBase } == (rule == "legw" ? 3 : 2))
  }

  @Test func runsEveryTrialOnceAndSweepsAreSweeps() throws {
    let folder = TemporaryFolder()
    let data = try RulesFixture.data()
    let plan = try RulesFixture.plan(data)
    var finished: [RuleTrial] = []
    try study(folder, plan, data).run { variant in
      SweepStudy.Observer(onFinish: { trial, _ in finished.append(RuleTrial(variant: variant, trial: trial)) })
    }
    #expect(finished == plan.trials && finished.count == (2 * 3 + 4 * 2) * 3)
    #expect(try study(folder, plan, data).remaining.isEmpty)
    let results = try RulesResults(folder: "\(folder.path)/r")
    #expect(results.plan == plan && results.trialCount == 42)
    let sweep = try SweepResults(folder: "\(folder.path)/r/linear")
    #expect(sweep.plan.batchSizes == [32, 128] && sweep.trials.count == 6)
    // At four times the batch the linear rule takes four times the rate.
    #expect(sweep.trials.first?.last.learningRate == 0.08)
    #expect(FolderContent(of: "\(folder.path)/r") == .rules && FolderContent(of: "\(folder.path)/r/linear") == .sweep)
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
      try study(disturbed, plan, data).run { _ in
        SweepStudy.Observer(onUpdate: { _, _, _ in seen += 1 }, shouldStop: { seen > updates })
      }
    }
    #expect(error == .interrupted)
    let before = try RulesResults(folder: "\(disturbed.path)/r").trialCount
    let rest = try study(disturbed, plan, data)
    #expect(rest.remaining.count == plan.trials.count - before && before < plan.trials.count)
    try rest.run()
    let results = try RulesResults(folder: "\(disturbed.path)/r")
    #expect(try numbers(results) == numbers(RulesResults(folder: "\(undisturbed.path)/r")))
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
    // The folder of a sweep is not one of rules.
    let sweep = #expect(throws: StudyError.self) {
      try RulesStudy(plan: plan, data: data, model: RulesFixture.model(data), folder: "\(folder.path)/r/sqrt")
    }
    #expect(sweep?.description.contains("holds a sweep, beside which a study of rules cannot be kept") == true)
  }

  @Test func aPlanOfAnotherFormatIsRefused() throws {
    let folder = TemporaryFolder()
    let data = try RulesFixture.data()
    do { _ = try study(folder, RulesFixture.plan(data), data) }
    folder.write(#"{"format": 1}"#, to: "r/rules.json")
    #expect(throws: StudyError.otherFormat(path: "\(folder.path)/r/rules.json", found: 1, expected: 2)) {
      try RulesResults(folder: "\(folder.path)/r")
    }
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
    let cost = try RulesCost(plan: RulesFixture.plan(data), data: data, model: RulesFixture.model(data))
    // The base batch is trained without a rule only, with and without a warm-up.
    #expect(cost.entries.map(\.trialCount) == [2 * 3, 6 * 3, 6 * 3] && cost.trialCount == 42)
    #expect(abs(cost.seconds - cost.entries.reduce(0) { $0 + $1.seconds }) < 1e-12 && cost.seconds > 0)
  }
}
