import BatchAlgebra
import BatchData
import BatchFoundation
import BatchProfiling
import BatchTestSupport
import BatchTraining
import Foundation
import Testing

@testable import BatchScience

@Suite struct SweepStudyTests {
  private let model = Sequential(inputShape: [2]) {
    Dense(6, .tanh)
    Dense(2)
  }

  private func data() throws -> DataSplits { try DataSource.dots(examples: 300).load(seed: 1) }

  private func plan(
    _ data: DataSplits, epochs: Int = 2, batches: [Int] = [8, 32], seeds: [UInt64] = [1, 2], rate: Double = 0.1
  ) throws -> SweepPlan {
    SweepPlan(
      data: "dots", splits: data, model: "mlp:6:tanh", loss: .softmaxCrossEntropy,
      recipe: TrainingRecipe(optimizer: try SGD(learningRate: rate, momentum: 0.5)), batchSizes: batches,
      seeds: seeds, epochs: epochs, lastBatch: .keep)
  }

  private func measurement(_ plan: SweepPlan, _ data: DataSplits) -> TrainingMeasurement<SweepPlan> {
    TrainingMeasurement(plan: plan, data: data, model: model)
  }

  private func study(
    _ folder: TemporaryFolder, _ plan: SweepPlan, _ data: DataSplits
  ) throws -> Study<TrainingMeasurement<SweepPlan>> {
    try Study(measurement(plan, data), folder: "\(folder.path)/study", context: .oneThread)
  }

  private func results(_ folder: TemporaryFolder) throws -> StudyResults<SweepPlan> {
    try StudyResults(folder: "\(folder.path)/study")
  }

  /// The trials' numbers without what depends on the moment: seconds and the environment.
  private func numbers(_ folder: TemporaryFolder) throws -> [String] {
    try results(folder).trials.flatMap { trial in
      ["\(trial.trial) \(trial.outcome)", "\(trial.arrays["predictions"]?.elements ?? [])"]
        + trial.records.map {
          var record = $0
          record.seconds = 0
          return "\(record)"
        }
    }
  }

  @Test func runsEveryTrialOnce() throws {
    let folder = TemporaryFolder()
    let data = try data()
    let plan = try plan(data)
    var finished: [TrialID] = []
    try study(folder, plan, data).run(StudyObserver(onFinish: { trial, _ in finished.append(trial) }))
    #expect(finished == plan.trials && finished.count == 4)
    #expect(try study(folder, plan, data).remaining.isEmpty)
    let results = try self.results(folder)
    #expect(results.plan == plan)
    #expect(results.trials.map(\.trial) == plan.trials)
    for trial in results.trials {
      let run = TrainedRun(trial)
      #expect(run.evaluations[0].update == 0 && run.last.epoch == 2 && run.last.examples == 2 * 210)
      #expect(try #require(run.outcome.testAccuracy) > 0.5)
      #expect(run.predictions?.rows == data.test.count && run.predictions?.columns == 2)
    }
  }

  /// Stopped at some update of some trial, a study goes on and ends as one that was never stopped.
  @Test(arguments: [0, 1, 20, 55, 70, 100])
  func goesOnAfterBeingStopped(_ updates: Int) throws {
    let data = try data()
    let plan = try plan(data)
    let undisturbed = TemporaryFolder()
    try study(undisturbed, plan, data).run()

    let disturbed = TemporaryFolder()
    var seen = 0
    let error = #expect(throws: StudyError.self) {
      try study(disturbed, plan, data).run(
        StudyObserver(onProgress: { _, _, _ in seen += 1 }, shouldStop: { seen > updates }))
    }
    #expect(error == .interrupted)
    let finishedBefore = disturbed.names(in: "study/trials").filter { $0.hasSuffix(".jsonl") }
    let rest = try study(disturbed, plan, data)
    #expect(rest.remaining.count == plan.trials.count - finishedBefore.count)
    try rest.run()
    #expect(try numbers(disturbed) == numbers(undisturbed))
    #expect(disturbed.names(in: "study/trials").allSatisfy { !$0.hasSuffix(".partial") })
  }

  /// Tuned in between, or run where other threads are usual, a study goes on with what it was begun with: all of its
  /// trials agree with those of a study that was left alone.
  @Test func aTuningInBetweenChangesNoBit() throws {
    let data = try data()
    let plan = try plan(data, batches: [32], seeds: [1, 2])
    let model = Sequential(inputShape: [2]) {
      Dense(300, .relu)
      Dense(200, .relu)
      Dense(2)
    }
    let begun = ComputeContext.test(Float.self, threads: 2)
    let tuned = ComputeContext.test(
      Float.self, threads: 1,
      thresholds: GEMMThresholds(ntPackedBatch: 1, contractionCutBatch: 1, smallestSharedWork: 1))
    func study(_ folder: TemporaryFolder, _ context: ComputeContext) throws -> Study<TrainingMeasurement<SweepPlan>> {
      try Study(
        TrainingMeasurement(plan: plan, data: data, model: model), folder: "\(folder.path)/study", context: context)
    }
    let (whole, other, resumed) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
    try study(whole, begun).run()
    try study(other, tuned).run()
    // Were it otherwise, this would test nothing.
    #expect(try numbers(whole) != numbers(other))
    var finished = 0
    #expect(throws: StudyError.interrupted) {
      try study(resumed, begun).run(StudyObserver(onFinish: { _, _ in finished += 1 }, shouldStop: { finished > 0 }))
    }
    do {
      let rest = try study(resumed, tuned)
      #expect(rest.remaining.count == 1 && rest.contextDifferences.count == 2)
      try rest.run()
    }
    #expect(try numbers(resumed) == numbers(whole))
  }

  @Test func refusesTheFolderOfAnotherPlan() throws {
    let folder = TemporaryFolder()
    let data = try data()
    try study(folder, plan(data), data).run()
    let error = #expect(throws: StudyError.self) {
      try study(folder, plan(data, epochs: 3, batches: [8, 16], rate: 0.2), data)
    }
    #expect(
      error?.description
        == "\(folder.path)/study holds another study; it differs in optimizer (here SGD, rate 0.1, momentum 0.5, asked "
        + "for SGD, rate 0.2, momentum 0.5); batch sizes (here [8, 32], asked for [8, 16]); epochs (here 2, asked for 3); "
        + "give this study a folder of its own, or repeat the other's settings to resume it")
    let other = try DataSource.dots(examples: 300).load(seed: 2)
    let changed = #expect(throws: StudyError.self) { try study(folder, plan(other), other) }
    #expect(changed?.description.contains("differs in the examples themselves") == true)
  }

  @Test func aFolderInUseIsRefused() throws {
    let folder = TemporaryFolder()
    let data = try data()
    let first = try study(folder, plan(data), data)
    #expect(throws: StudyError.locked(folder: "\(folder.path)/study")) { try study(folder, plan(data), data) }
    #expect(first.remaining.count == 4)
  }

  @Test func aBatchLargerThanTheDataLeavesNothingBehind() throws {
    let folder = TemporaryFolder()
    let data = try data()
    let error = #expect(throws: StudyError.self) { try study(folder, plan(data, batches: [8, 211]), data) }
    #expect(
      error?.description
        == "the batch size 211 is larger than the data, 210 examples; choose a batch size between 1 and 210")
    #expect(folder.names().isEmpty)
  }

  @Test func divergedTrialsAreResults() throws {
    let folder = TemporaryFolder()
    let data = try data()
    let plan = try plan(data, seeds: [1], rate: 3e38)
    try study(folder, plan, data).run()
    let results = try self.results(folder)
    #expect(results.trials.count == 2)
    let analysis = try results.analysis()
    #expect(analysis.summaries.map(\.divergedCount).reduce(0, +) >= 1)
    #expect(results.json.contains("divergedAtUpdate"))
  }

  @Test func foldersWithoutAStudyAndDamagedFilesAreNamed() throws {
    let folder = TemporaryFolder()
    #expect(throws: StudyError.noStudy(folder: folder.path)) { try StudyResults<SweepPlan>(folder: folder.path) }
    let data = try data()
    try study(folder, plan(data, seeds: [1]), data).run()
    _ = folder.write("{\"event\": \"start\"}\n", to: "study/trials/b8-s1.jsonl")
    let error = #expect(throws: StudyError.self) { try results(folder) }
    #expect(
      error?.description
        == "\(folder.path)/study/trials/b8-s1.jsonl, line 1: 'study' is missing; "
        + "remove the file and run the study again to make it anew")
  }

  /// Without a plan that can be read nothing tells what the trials are: they must not count for another one.
  @Test func aPlanOfAnotherFormatOrDamagedIsRefused() throws {
    let folder = TemporaryFolder()
    let data = try data()
    do { _ = try study(folder, plan(data), data) }
    let path = "\(folder.path)/study/study.json"
    folder.write(#"{"format": 1, "kind": "sweep"}"#, to: "study/study.json")
    let older = #expect(throws: StudyError.self) { try study(folder, plan(data), data) }
    #expect(
      older?.description
        == "\(path) is in version 1 of its format, and this package reads version 3; choose another folder, "
        + "or take the package that has written it")
    folder.write(#"{"format": 3, "plan": "#, to: "study/study.json")
    let damaged = #expect(throws: StudyError.self) { try study(folder, plan(data), data) }
    #expect(
      damaged?.description
        == "\(path): it is not valid JSON; choose another folder: nothing tells any more what "
        + "was tried in this one")
  }

  /// What the error of damaged predictions advises makes them anew.
  @Test func predictionsThatAreDamagedAreMadeAnew() throws {
    let folder = TemporaryFolder()
    let data = try data()
    let plan = try plan(data, batches: [8], seeds: [1])
    try study(folder, plan, data).run()
    let whole = try numbers(folder)
    folder.write("", to: "study/trials/b8-s1-predictions.npy")
    let error = #expect(throws: StudyError.self) { try results(folder) }
    let trial = "\(folder.path)/study/trials/b8-s1.jsonl"
    #expect(error?.description.hasPrefix("\(trial): its predictions cannot be read (") == true)
    #expect(error?.description.hasSuffix("; remove the file and run the study again to make it anew") == true)
    try DurableFile.remove(trial)
    try study(folder, plan, data).run()
    #expect(try numbers(folder) == whole)
  }

  /// What the error of a damaged file advises works for the targets, too.
  @Test func targetsThatWereRemovedAreMadeAnew() throws {
    let folder = TemporaryFolder()
    let data = try data()
    do { _ = try study(folder, plan(data), data) }
    let targets = try #require(folder.read("study/test-targets.npy"))
    try DurableFile.remove("\(folder.path)/study/test-targets.npy")
    do { _ = try study(folder, plan(data), data) }
    #expect(folder.read("study/test-targets.npy") == targets)
  }

  /// A device that is always full stands for a full disk.
  @Test func aFullDiskIsAnErrorThatNamesTheFile() throws {
    let error = #expect(throws: FileError.self) {
      var file = try AppendingFile(path: "/dev/full")
      try file.append([1, 2, 3])
    }
    #expect(
      error?.description == "cannot write /dev/full: No space left on device")
  }

  /// A trial's file turned into a link to the full device: the study ends, and what was finished stays.
  @Test func aDiskThatFillsUpLosesNoFinishedTrial() throws {
    let folder = TemporaryFolder()
    let data = try data()
    let plan = try plan(data)
    let study = try study(folder, plan, data)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/study/trials/b8-s2.jsonl.partial", withDestinationPath: "/dev/full")
    let error = #expect(throws: StudyError.self) { try study.run() }
    #expect(
      error?.description.hasSuffix("b8-s2.jsonl.partial: No space left on device; all finished trials are intact")
        == true)
    #expect(try results(folder).trials.count == 2)
  }

  /// A rule gives each batch size its own rate, and a trial says how many updates it will take.
  @Test func eachBatchSizeTrainsWithTheRateOfItsRule() throws {
    let folder = TemporaryFolder()
    let data = try data()
    var plan = try plan(data, batches: [8, 32], seeds: [1])
    plan.recipe.rule = try LearningRateRuleCodec.read("linear")
    plan.recipe.baseBatch = 8
    plan.recipe.warmUp = .epochs(1)
    plan.batchSchedule = try BatchScheduleCodec.read("grow:1:2")
    try study(folder, plan, data).run()
    let trials = try results(folder).trials.map { TrainedRun($0) }
    // 210 examples in batches of 8 and then 16, of 32 and then 64.
    #expect(trials.map(\.outcome.updates) == [27 + 14, 7 + 4])
    #expect(trials.map(\.last.update) == [41, 11])
    #expect(trials.map(\.last.batchSize) == [16, 64])
    for (trial, rate) in zip(trials, [0.1, 0.4]) {
      #expect(abs(try #require(trial.last.learningRate) - rate) < 1e-12)
      // The warm-up starts at the rate of the base batch.
      let early = try #require(trial.evaluations.first { $0.update > 0 && $0.epoch <= 1 }?.learningRate)
      #expect(trial.batchSize == 8 ? early == rate : early > 0.1 && early < rate)
    }
  }

  /// What a plan changes is told by name, its recipe too.
  @Test func changesOfTheRecipeAreTold() throws {
    let folder = TemporaryFolder()
    let data = try data()
    do { _ = try study(folder, plan(data), data) }
    var changed = try plan(data)
    changed.recipe.schedule = try ScheduleCodec.read("cosine")
    changed.recipe.warmUp = .percent(5)
    changed.recipe.rule = try LearningRateRuleCodec.read("sqrt")
    changed.recipe.baseBatch = 8
    changed.microBatch = 4
    changed.regularisation.clipping = .norm(1)
    changed.regularisation.earlyStopping = try EarlyStopping(patience: .epochs(2), restoresBest: true)
    let error = #expect(throws: StudyError.self) { try study(folder, changed, data) }
    guard case .anotherStudy(_, let differences)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      differences == [
        "schedule (here constant, asked for cosine)", "warm-up (here none, asked for 5% from the base rate)",
        "rule (here none, asked for sqrt from 8)", "micro-batch (here none, asked for 4)",
        "clipping (here none, asked for norm:1)",
        "early stopping (here none, asked for patience 2 by validation-loss, best restored)",
      ])
  }

  /// A rule that cannot carry the settings to a batch size is told before anything is written.
  @Test func aRuleThatDoesNotApplyLeavesNothingBehind() throws {
    let folder = TemporaryFolder()
    let data = try data()
    var plan = try plan(data)
    plan.recipe.rule = try LearningRateRuleCodec.read("adam-sqrt")
    let error = #expect(throws: StudyError.self) { try study(folder, plan, data) }
    #expect(error?.description.hasPrefix("the square-root rule for Adam needs an optimizer with moments") == true)
    #expect(folder.names().isEmpty)
  }

  @Test func theRemainingTimeFallsToNothing() throws {
    let plan = try plan(data())
    var time = RemainingTime(batchSizes: plan.trials.map(\.batchSize))
    #expect(time.seconds == nil)
    for trial in plan.trials {
      time.start(batchSize: trial.batchSize)
      for step in 1...10 { time.update(share: Double(step) / 10) }
      time.finish()
    }
    #expect(time.seconds == 0)
  }

  @Test func theCostCountsUpdatesAndMeasuresTime() throws {
    let data = try data()
    let cost = try measurement(plan(data), data).cost(.oneThread)
    #expect(cost.entries.map(\.batchSize) == [8, 32])
    #expect(cost.entries.map(\.updates) == [2 * 27, 2 * 7])
    #expect(cost.entries.allSatisfy { $0.secondsPerStep > 0 })
    #expect(abs(cost.seconds - 2 * cost.entries.reduce(0) { $0 + $1.secondsPerTrial }) < 1e-12)
  }

  /// Updates of a batch that grows are counted by their size, and each size by its own time.
  @Test func theCostFollowsABatchThatGrows() throws {
    let data = try data()
    var plan = try plan(data, batches: [8], seeds: [1])
    plan.batchSchedule = try BatchScheduleCodec.read("grow:1:4")
    let training = try plan.training(TrialID(batchSize: 8, seed: 1))
    let trainer = try Trainer<Float>(
      model: model, data: data, loss: plan.loss, optimizer: training.optimizer, plan: training.plan,
      team: ThreadTeam(threads: 1), context: .oneThread)
    // 210 examples in batches of 8, then of 32; each last one is short.
    #expect(trainer.plannedUpdatesBySize == [8: 27, 32: 7] && trainer.plannedUpdates == 34)
    var asked: [Int] = []
    let entry = StudyCost.Entry(batchSize: 8, trialCount: 1, updatesBySize: trainer.plannedUpdatesBySize) { size in
      asked.append(size)
      return Double(size)
    }
    #expect(asked.sorted() == [8, 32] && entry.updates == 34 && entry.secondsPerTrial == 27 * 8 + 7 * 32)
    #expect(entry.secondsPerStep == entry.secondsPerTrial / 34)
    #expect(try measurement(plan, data).cost(.oneThread).entries.map(\.updates) == [34])
  }
}
