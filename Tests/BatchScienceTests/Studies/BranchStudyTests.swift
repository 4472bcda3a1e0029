import BatchAlgebra
import BatchData
import BatchFoundation
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

@Suite struct BranchStudyTests {
  private let folder = TemporaryFolder()

  private func study(
    _ folder: TemporaryFolder, _ plan: BranchPlan, _ data: DataSplits
  ) throws -> Study<BranchMeasurement> {
    try Study(BranchFixture.measurement(plan, data), folder: "\(folder.path)/b", context: .oneThread)
  }

  private func results(_ folder: TemporaryFolder) throws -> StudyResults<BranchPlan> {
    try StudyResults(folder: "\(folder.path)/b")
  }

  private func numbers(_ folder: TemporaryFolder) throws -> [String] {
    try results(folder).trials.map { "\($0.trial) \($0.records) \($0.outcome)" }
  }

  /// 280 training examples; the branches of moment 0.1 begin within the first epoch and go on through three.
  @Test func everyBranchIsEvaluatedOnTheSameExamples() throws {
    let data = try BranchFixture.data()
    let plan = try BranchFixture.plan(data)
    try study(folder, plan, data).run()
    #expect(try study(folder, plan, data).remaining.isEmpty)
    let results = try results(folder)
    #expect(results.trials.map(\.trial.key) == ["b4-s1", "b4-s2"] && results.plan == plan)
    #expect(results.trials.allSatisfy { $0.records.count == 2 * 4 * 17 })
    for trial in results.trials {
      for moment in 0..<2 {
        let branches = plan.multiples.map { multiple in
          trial.records.filter { $0.moment == moment && $0.multiple == multiple }
        }
        // All begin with the pilot's weights, and each is evaluated after the first update past a sixteenth.
        #expect(Set(branches.map { $0[0].loss }).count == 1 && branches.allSatisfy { $0[0].examples == 0 })
        for (branch, multiple) in zip(branches, plan.multiples) {
          for (index, record) in branch.enumerated() {
            #expect(record.examples * 16 >= index * 700 && record.examples * 16 < index * 700 + 16 * 4 * multiple)
          }
        }
      }
      #expect(trial.outcome.moments[0].map(\.learningRate) == [0.02, 0.04, 0.08, 0.16])
    }
    #expect(try results.analysis().moments.map(\.update) == [56, 280])
    #expect(FolderContent(of: "\(folder.path)/b") == .study(title: "a study of branches"))
  }

  /// The branch at the pilot's batch is the pilot: its last loss is what a plain run has there.
  @Test func theBranchAtThePilotsBatchIsThePilot() throws {
    let data = try BranchFixture.data()
    let plan = try BranchFixture.plan(data, seeds: [2])
    try study(folder, plan, data).run()
    let trainer = try Trainer<Float>(
      model: ModelText("mlp:6:tanh").model(for: data.train), data: data, loss: .softmaxCrossEntropy,
      optimizer: SGD(learningRate: 0.02, momentum: 0.5), plan: TrainingPlan(batchSize: 4, epochs: 8, seed: 2),
      team: ThreadTeam(threads: 1), context: .oneThread)
    let evaluator = try Evaluator(
      trainer.step.network, on: data.train.subset(Array(0..<100)), loss: .softmaxCrossEntropy,
      team: ThreadTeam(threads: 1))
    var losses: [Int: Double] = [:]
    _ = try trainer.run(TrainingObserver(onUpdate: { update, _ in losses[update] = evaluator.evaluate().mean }))
    let records = try results(folder).trials[0].records.filter { $0.multiple == 1 }
    #expect(records.count == 34)
    for record in records { #expect(losses[record.update + [56, 280][record.moment]] == record.loss) }
  }

  /// Where all examples are alike a gradient has no noise, and an update is worth the same at any batch.
  ///
  /// With the same rate a branch at k times the batch is after u updates where that of the pilot's batch is, so that the
  /// critical batch is below all that can be told. With the rate scaled, and far below what curvature allows, examples are
  /// worth the same.
  @Test func withoutNoiseTheAnswerIsKnown() throws {
    let row = [Float](repeating: 0.5, count: 2)
    let points = try Dataset(
      name: "alike", features: Matrix(rows: 128, columns: 2, [[Float]](repeating: row, count: 128).flatMap { $0 }),
      targets: .values(Matrix(rows: 128, columns: 1, [Float](repeating: 2, count: 128))))
    let data = try DataSplits(splitting: points, validation: 8, test: 8, seed: 1, standardisation: .none)
    func analysis(_ rule: any LearningRateRule, rate: Double) throws -> BranchAnalysis {
      let folder = TemporaryFolder()
      var plan = BranchPlan(
        common: SweepPlan(
          data: "alike", splits: data, model: "dense", loss: .meanSquaredError,
          recipe: TrainingRecipe(optimizer: try SGD(learningRate: rate)), batchSizes: [2], seeds: [1, 2], epochs: 40,
          lastBatch: .keep),
        moments: [0.05, 0.3], multiples: [1, 2, 4, 8], rules: [rule], evaluatedCount: 10)
      plan.length = 896
      let model = Sequential(inputShape: [2]) { Dense(1) }
      try Study(
        BranchMeasurement(plan: plan, data: data, model: model), folder: "\(folder.path)/b", context: .oneThread
      ).run()
      return try StudyResults<BranchPlan>(folder: "\(folder.path)/b").analysis()
    }
    let plain = try analysis(.none, rate: 0.0005)
    for moment in plain.moments {
      for branch in moment.branches {
        #expect(abs(try #require(branch.progress) * Double(branch.multiple) - 1) < 0.12, "\(branch)")
      }
      if case .known(let value, _) = moment.progressCriticalBatch { #expect(value < 0.4) }
      #expect(moment.localCriticalBatch?.value == 2)
    }
    let linear = try analysis(LinearScalingRule(), rate: 0.00005)
    for moment in linear.moments {
      guard case .above = moment.progressCriticalBatch else {
        Issue.record("\(moment.progressCriticalBatch)")
        continue
      }
      #expect(moment.isBeyond && moment.localCriticalBatch?.value == 16)
    }
  }

  /// Stopped at some update of pilot or branch, a study goes on and ends as one that was never stopped.
  @Test(arguments: [0, 100, 1500])
  func goesOnAfterBeingStopped(_ updates: Int) throws {
    let data = try BranchFixture.data()
    let plan = try BranchFixture.plan(data)
    let undisturbed = TemporaryFolder()
    try study(undisturbed, plan, data).run()
    var (seen, shares) = (0, [Double]())
    #expect(throws: StudyError.interrupted) {
      try study(folder, plan, data).run(
        StudyObserver(
          onProgress: { _, share, _ in
            seen += 1
            shares.append(share)
          }, shouldStop: { seen > updates }))
    }
    #expect(zip(shares, shares.dropFirst()).count { $0 > $1 } <= 1 && shares.allSatisfy { (0...1).contains($0) })
    try study(folder, plan, data).run()
    #expect(try numbers(folder) == numbers(undisturbed))
  }

  /// Of several rules the one with the least mean loss over the seeds counts, at each multiple.
  @Test func ofSeveralRulesTheBestCounts() throws {
    let data = try BranchFixture.data()
    let plan = try BranchFixture.plan(data, rules: [NoScaling(), LinearScalingRule(), SquareRootRule()])
    #expect(plan.branches.map(\.multiple) == [1, 2, 2, 2, 4, 4, 4, 8, 8, 8])
    try study(folder, plan, data).run()
    let results = try results(folder)
    #expect(results.trials.allSatisfy { $0.records.count == 2 * 10 * 17 })
    for (index, moment) in try results.analysis().moments.enumerated() {
      for branch in moment.branches.dropFirst() {
        let ends = results.trials.flatMap { $0.outcome.moments[index] }.filter { $0.multiple == branch.multiple }
        let means = Dictionary(grouping: ends, by: \.rule).mapValues { Sample($0.compactMap(\.loss)).mean }
        #expect(means.count == 3 && means.values.allSatisfy { $0 >= means[branch.rule] ?? .infinity })
        #expect(Sample(branch.losses.sorted { $0.key < $1.key }.map(\.value)).mean == means[branch.rule])
      }
    }
  }

  @Test func branchesThatDivergeAreNoNumber() throws {
    let data = try BranchFixture.data()
    try study(folder, BranchFixture.plan(data, seeds: [1], rate: 1e38), data).run()
    let outcome = try results(folder).trials[0].outcome
    #expect(outcome.pilotDivergedAtUpdate != nil || outcome.moments.flatMap { $0 }.contains { $0.loss == nil })
    _ = try results(folder).analysis()
  }

  @Test func whatIsLeftOutIsTheUsual() throws {
    let data = try BranchFixture.data()
    func plan(_ optimizer: any Optimizer, batch: Int, epochs: Int) -> BranchPlan {
      BranchPlan(
        common: SweepPlan(
          data: "dots", splits: data, model: "mlp:6:tanh", loss: .softmaxCrossEntropy,
          recipe: TrainingRecipe(optimizer: optimizer), batchSizes: [batch], seeds: [1], epochs: epochs,
          lastBatch: .keep))
    }
    let long = plan(try SGD(learningRate: 0.1), batch: 4, epochs: 400)
    // A sixteenth of 400 · 280 examples.
    #expect(
      long.length == 7000 && long.multiples == [1, 2, 4, 8, 16, 32]
        && long.rules.map(\.description) == ["linear"])
    #expect(long.evaluatedCount == 280 && long.problem == nil)
    // A quarter of 10 · 280, in which 8 times the batch has 21 updates.
    let short = plan(try Adam(learningRate: 0.1), batch: 4, epochs: 10)
    #expect(
      short.length == 700 && short.multiples == [1, 2, 4, 8] && short.rules.map(\.description) == ["sqrt"])
    #expect(plan(try SGD(learningRate: 0.1), batch: 64, epochs: 10).problem?.contains("need 16") == true)
  }

  @Test func plansThatCannotBeMeasuredLeaveNothingBehind() throws {
    let data = try BranchFixture.data()
    func message(_ change: (inout BranchPlan) throws -> Void) throws -> String? {
      var plan = try BranchFixture.plan(data)
      try change(&plan)
      return #expect(throws: StudyError.self) { try study(folder, plan, data) }?.description
    }
    #expect(
      try message { $0.multiples = [1, 128] }
        == "128 times the pilot's batch of 4 is more than the training part, which has 280 examples; 70 is the largest "
        + "multiple that fits")
    #expect(
      try message { $0.multiples = [1, 16] }
        == "branches of 700 examples have 10 updates at batch 64, and need 16; give them at least 1024, or leave multiples "
        + "above 10 out")
    #expect(
      try message { $0.moments = [0.9] }
        == "branches of 700 examples from the moment 0.9, 2016 examples on, go beyond the end of the run, which has 2240; "
        + "take an earlier moment or shorter branches")
    #expect(
      try message { $0.moments = [0.0001, 0.0002] }
        == "the moments 0.0001 and 0.0002 are the same update of the pilot; take others, or more epochs")
    #expect(try message { $0.length = 5000 }?.contains("longer than the whole run, which has 2240") == true)
    #expect(try message { $0.moments = [0, 0.5] }?.contains("shares of the run above 0") == true)
    #expect(try message { $0.multiples = [2, 4] }?.contains("the first is 1") == true)
    #expect(try message { $0.multiples = [1] }?.contains("nothing to compare") == true)
    #expect(try message { $0.common.batchSizes = [4, 8] }?.contains("one batch size, not of 2") == true)
    #expect(
      try message { $0.common.batchSizes = [500] }
        == "the pilot's batch of 500 is larger than the training part, which has 280 examples")
    #expect(try message { $0.tolerance = .nan }?.contains("a tolerance is a share") == true)
    #expect(try message { $0.evaluatedCount = 281 }?.contains("1 to 280 examples") == true)
    #expect(try message { $0.common.lastBatch = .drop }?.contains("short last batches are kept") == true)
    #expect(
      try message {
        ($0.common.exampleCounts, $0.common.epochs) = ([1 << 40, 1, 1], 1_000_000)
      }?.contains("more than can be counted") == true)
    #expect(
      try message { $0.common.regularisation = try Regularisation(averaging: .ema(decay: 0.9)) }?
        .contains("leave averaging and early stopping out") == true)
    #expect(
      try message { $0.common.batchSchedule = try BatchScheduleCodec.read("grow:1:2") }?.contains("has a fixed batch")
        == true)
    #expect(try message { $0.rules = [AdamSquareRootRule()] }?.contains("needs an optimizer with moments") == true)
  }

  @Test func anotherPlanIsNoticed() throws {
    let data = try BranchFixture.data()
    let plan = try BranchFixture.plan(data, seeds: [1])
    do { _ = try study(folder, plan, data) }
    var other = plan
    (other.moments, other.tolerance, other.rules) = ([0.25], 0.02, [SquareRootRule()])
    let error = #expect(throws: StudyError.self) { try study(folder, other, data) }
    #expect(
      error?.description.contains(
        "it differs in moments (here [0.1, 0.5], asked for [0.25]); rules of the branches (here linear, asked for sqrt); "
          + "tolerance (here 0.01, asked for 0.02)") == true)
  }

  /// What a trial's file cannot hold, line by line; the first line is its beginning, the second the first evaluation.
  @Test(arguments: [
    (3, #""examples":\d+"#, #""examples":45"#, "line 3: it is no evaluation that the branch has here"),
    (2, #""moment":0"#, #""moment":1"#, "line 2: it is no evaluation that the branch has here"),
    (2, #""loss":[-e.0-9]+"#, #""loss":"nan""#, "line 2: its loss is no number"),
    (
      18, #""loss":[-e.0-9]+"#, #""loss":7"#, "the loss of a branch at 1 times the batch is not that of its evaluations"
    ),
    (138, #""multiple":2"#, #""multiple":3"#, "at moment 0 it has other branches than the plan"),
    (138, #""rule":"linear""#, #""rule":"sqrt""#, "at moment 0 it has other branches than the plan"),
    (138, #""parameters":\d+"#, #""parameters":-1"#, "its end has a count below zero"),
    (
      138, #""parameters""#, #""pilotDivergedAtUpdate":60,"parameters""#, "its pilot diverged at update 60, after which"
    ),
    (138, #""loss":[-e.0-9]+"#, #""divergedAtUpdate":9"#, "line"),
  ])
  func aFileThatCannotBeIsRefused(_ line: Int, _ from: String, _ to: String, _ message: String) throws {
    let data = try BranchFixture.data()
    try study(folder, BranchFixture.plan(data, seeds: [1]), data).run()
    let file = "b/trials/b4-s1.jsonl"
    var lines = String(decoding: try #require(folder.read(file)), as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(lines.count == 138)
    let changed = lines[line - 1].replacing(try Regex(from), with: to, maxReplacements: 1)
    #expect(changed != lines[line - 1])
    lines[line - 1] = changed
    folder.write(lines.joined(separator: "\n") + "\n", to: file)
    let error = #expect(throws: StudyError.self) { try results(folder) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func theCostCountsPilotAndBranches() throws {
    let data = try BranchFixture.data()
    let plan = try BranchFixture.plan(data)
    let cost = try BranchFixture.measurement(plan, data).cost(.oneThread)
    #expect(cost.entries.map(\.trialCount) == [2] && cost.entries[0].batchSize == 4 && cost.seconds > 0)
    // 280 of the pilot, and 175 + 88 … of each moment's branches, with an update more where an epoch ends.
    let branches = plan.multiples.map { 700 / (4 * $0) }.reduce(0, +)
    #expect((280 + 2 * branches...280 + 2 * branches + 2 * 4 * 4).contains(cost.entries[0].updates))
  }
}
