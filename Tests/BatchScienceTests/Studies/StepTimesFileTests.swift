import BatchAlgebra
import BatchData
import BatchFoundation
import BatchProfiling
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchScience

/// Step times in a study's folder: measured once for each machine, trusted only where they belong.
@Suite struct StepTimesFileTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/s" }

  /// Coins whose steps have a time, and that count how often it is measured.
  private struct TimedCoins: StudyMeasurement {
    var plan = CoinPlan(chance: 0.3)
    var isQuiet = true
    let count: () -> Void

    func measure(_ trial: CoinPlan.Trial, _ recorder: TrialRecorder<CoinPlan>) throws(StudyError) -> CoinPlan.Outcome {
      try CoinMeasurement(plan: plan).measure(trial, recorder)
    }

    func stepTimes(
      _ context: ComputeContext, team: ThreadTeam, _ observer: ProfileObserver
    ) throws(StudyError) -> [StepTimes.Point]? {
      count()
      observer.onProgress("", 0.5)
      if observer.shouldStop() { throw .interrupted }
      return [8, 32].map { StepTimesFixture.point($0, seconds: 1e-6 * Double($0), isQuiet: isQuiet || $0 == 8) }
    }

    func cost(_ context: ComputeContext, team: ThreadTeam) -> StudyCost { StudyCost(entries: []) }
  }

  /// Runs the study until so many trials are finished, and says how often its steps were timed.
  @discardableResult
  private func run(
    _ measurement: CoinPlan = CoinPlan(chance: 0.3), isQuiet: Bool = true, trials: Int = .max,
    context: ComputeContext = .oneThread, in name: String = "s", shard: StudyShard = .whole
  ) throws -> Int {
    var (timings, finished) = (0, 0)
    let coins = TimedCoins(plan: measurement, isQuiet: isQuiet) { timings += 1 }
    do {
      try Study(coins, folder: "\(folder.path)/\(name)", context: context, shard: shard).run(
        StudyObserver(onFinish: { _, _ in finished += 1 }, shouldStop: { finished >= trials }))
    } catch StudyError.interrupted {}
    return timings
  }

  private func results(_ names: String...) throws -> StudyResults<CoinPlan> {
    try StudyResults(folders: names.map { "\(folder.path)/\($0)" })
  }

  private var files: [String] { folder.names(in: "s").filter { $0.hasPrefix("step-times-") } }

  @Test func stepsAreTimedOnceAndAStudyThatIsResumedTakesWhatIsThere() throws {
    #expect(try run(trials: 2) == 1)
    let file = try #require(files.first)
    let first = folder.read("s/\(file)")
    #expect(try run(trials: 2) == 0 && run() == 0 && run() == 0)
    #expect(files == [file] && folder.read("s/\(file)") == first)
    let times = try #require(try results("s").chosenStepTimes)
    #expect(times.quietSizes == [8, 32] && abs((times.points[1].time?.value ?? 0) - 32e-6) < 1e-12)
    #expect(times.environment.differences(from: .current(.oneThread)).isEmpty)
    #expect(try results("s").json.contains(#""stepTimes":[{"#))
    // Removed, as in a folder of an older version, they are timed once more.
    try DurableFile.remove("\(path)/\(file)")
    #expect(try run() == 1 && run() == 0)
  }

  /// Where the machine was not quiet, it is tried again as long as there is something to do, and the better is kept.
  @Test func aMachineThatWasNotQuietIsTriedAgain() throws {
    #expect(try run(isQuiet: false, trials: 1) == 1)
    #expect(try results("s").chosenStepTimes?.quietSizes == [8])
    #expect(try run(trials: 1) == 1)
    #expect(try results("s").chosenStepTimes?.quietSizes == [8, 32])
    #expect(try run(isQuiet: false) == 0)
    #expect(try results("s").chosenStepTimes?.quietSizes == [8, 32])
    // Done is done.
    #expect(try run(isQuiet: false, in: "other") == 1 && run(in: "other") == 0)
  }

  @Test func aMeasurementThatIsInterruptedLeavesNothing() throws {
    #expect(try run(trials: 0) == 1)
    #expect(files.isEmpty && folder.names(in: "s/trials").isEmpty)
    #expect(try run() == 1 && files.count == 1)
  }

  /// Those of another machine stay beside those of this one.
  @Test func eachMachineHasItsFile() throws {
    let description = StudyDescription(plan: CoinPlan(chance: 0.3), context: .oneThread)
    try DurableFile.makeFolder(path)
    let other = StepTimesFixture.times(of: description, [8, 32], on: "Another") { _ in 1 }
    try StepTimesFile.write(other, in: path)
    #expect(try run() == 1 && files.count == 2)
    #expect(try results("s").stepTimes.count == 2 && results("s").chosenStepTimes?.environment.processor != "Another")
    // With nothing left to do, a study that was run there needs none of this machine.
    try DurableFile.remove("\(path)/\(StepTimesFile.name(of: .current(.oneThread)))")
    #expect(try run() == 0)
    #expect(try results("s").chosenStepTimes == other)
  }

  @Test func shardsBringTheirOwn() throws {
    #expect(try run(in: "p1", shard: StudyShard(index: 1, count: 2)) == 1)
    #expect(try run(in: "p2", shard: StudyShard(index: 2, count: 2)) == 1)
    #expect(try results("p1", "p2").stepTimes.count == 2)
    // In one folder one of them is enough, whether or not the machine was quiet.
    #expect(try run(isQuiet: false, in: "one", shard: StudyShard(index: 1, count: 3)) == 1)
    #expect(try run(in: "one", shard: StudyShard(index: 2, count: 3)) == 0)
    #expect(try results("one").stepTimes.count == 1)
    // A shard without trials has nothing to time.
    #expect(try run(in: "p9", shard: StudyShard(index: 9, count: 9)) == 0)
  }

  /// A damage, and what is said of it.
  static var damages: [(from: Regex<Substring>, to: String, reason: String)] {
    [
      (#/"study" : "[0-9a-f]*"/#, #""study" : "0""#, "it was measured for another study"),
      (#/"processor" : "[^"]*"/#, #""processor" : "Other""#, "it was measured on another machine"),
      (#/"format" : 1/#, #""format" : 9"#, "it is in version 9 of its format, and this package reads 1"),
      (
        #/"value" : [-.e0-9]+/#, #""value" : -1"#,
        "'points[0]', batch 8: its time is not one of samples on a quiet machine"
      ),
      (#/"batch" : 32/#, #""batch" : 8"#, "'points[1]', batch 8: the sizes do not ascend"),
      (#/"batch" : 8/#, #""batch" : 0"#, "'points[0]', batch 0: no step has so many examples"),
      (#/"cycles" : \[\s*0,/#, #""cycles" : ["#, "'points[0]', batch 8: the samples have lists of different lengths"),
      (#/"disturbedCycles" : 0/#, #""disturbedCycles" : 12"#, "'points[0]', batch 8: its time is not one of samples"),
      (#/"points" : /#, "", "it is not valid JSON"),
    ].map { (from: $0.0, to: $0.1, reason: $0.2) }
  }

  /// A file that cannot be trusted costs the seconds, and nothing else; the next run makes it anew.
  @Test(arguments: damages.indices)
  func whatCannotBeTrustedIsRefusedWithTheReason(_ index: Int) throws {
    let (from, to, reason) = Self.damages[index]
    try run(trials: 3)
    let file = try #require(files.first)
    let text = String(decoding: try #require(folder.read("s/\(file)")), as: UTF8.self)
    let damaged = text.replacing(from, with: to, maxReplacements: 1)
    #expect(damaged != text)
    folder.write(damaged, to: "s/\(file)")
    let results = try results("s")
    #expect(results.chosenStepTimes == nil && results.trials.count == 3)
    #expect(results.refusedStepTimes.count == 1)
    #expect(
      results.refusedStepTimes.first?.hasPrefix("\(path)/\(file): \(reason)") == true, "\(results.refusedStepTimes)")
    #expect(try run() == 1)
    #expect(try self.results("s").chosenStepTimes != nil && self.results("s").refusedStepTimes.isEmpty)
  }

  /// Trials of versions that did not ask the system are read, and those that say what cannot be are not.
  @Test func trialsSayWhatTheSystemSaysOfThem() throws {
    try run()
    let elapsed = try #require(try results("s").trials.first?.elapsed)
    #expect(elapsed.wallSeconds > 0 && elapsed.processorSeconds >= 0 && elapsed.involuntarySwitches >= 0)
    let file = "s/trials/throws8-s1.jsonl"
    let text = String(decoding: try #require(folder.read(file)), as: UTF8.self)
    folder.write(text.replacing(#/"elapsed":\{[^}]*\},/#, with: ""), to: file)
    #expect(try results("s").trials.first?.elapsed == nil && results("s").trials.count == 6)
    folder.write(text.replacing(#/"wallSeconds":[-.e0-9]+/#, with: #""wallSeconds":-1"#), to: file)
    let error = #expect(throws: StudyError.self) { try results("s") }
    #expect(error?.description.contains("line 10: 'elapsed' has a time or a count that cannot be") == true)
  }

  // MARK: training

  /// A study of training without the measurement of its steps.
  private struct Untimed: StudyMeasurement {
    let base: TrainingMeasurement<SweepPlan>
    var plan: SweepPlan { base.plan }
    func sharedArrays() throws(StudyError) -> [String: Matrix<Float>] { try base.sharedArrays() }
    func measure(_ trial: TrialID, _ recorder: TrialRecorder<SweepPlan>) throws(StudyError) -> TrainedOutcome {
      try base.measure(trial, recorder)
    }
    func cost(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) -> StudyCost {
      try base.cost(context, team: team)
    }
  }

  /// Dropout and order draw the same numbers, and every bit is the same, whether or not steps were timed before.
  @Test func timingChangesNoBitOfATrial() throws {
    let data = try DataSource.dots(examples: 400).load(seed: 1)
    let model = Sequential(inputShape: [2]) {
      Dense(16, .relu)
      Dropout(0.3)
      Dense(2)
    }
    let plan = SweepPlan(
      data: "dots", splits: data, model: "own", loss: .softmaxCrossEntropy,
      recipe: TrainingRecipe(optimizer: try Adam(learningRate: 0.01)), batchSizes: [8, 24, 100], seeds: [1, 2],
      epochs: 3, lastBatch: .keep, microBatch: 16, regularisation: try Regularisation(clipping: .norm(1)))
    let base = TrainingMeasurement(plan: plan, data: data, model: model)
    func numbers(_ name: String) throws -> [String] {
      try StudyResults<SweepPlan>(folder: "\(folder.path)/\(name)").trials.map { trial in
        var records = trial.records
        for index in records.indices { records[index].seconds = 0 }
        return "\(trial.trial) \(trial.outcome) \(records) \(trial.arrays["predictions"]?.elements ?? [])"
      }
    }
    try Study(Untimed(base: base), folder: "\(folder.path)/untimed", context: .oneThread).run()
    var shares: [Double] = []
    try Study(base, folder: "\(folder.path)/timed", context: .oneThread).run(
      StudyObserver(onTiming: { shares.append($0) }))
    #expect(try numbers("timed") == numbers("untimed"))
    #expect(folder.names(in: "untimed").allSatisfy { !$0.hasPrefix("step-times-") })
    // How many sizes the machine got quiet about is its own affair.
    let times = try #require(try StudyResults<SweepPlan>(folder: "\(folder.path)/timed").chosenStepTimes)
    #expect(times.points.map(\.batch) == [8, 24, 100] && !shares.isEmpty)
    #expect(times.points.allSatisfy { $0.samples.times.count >= 5 } && times.quietSizes.count <= 3)
  }

  /// What its steps cannot do is for the trials to tell.
  @Test func aStudyWhoseStepsCannotBeTimedIsRunAllTheSame() throws {
    let data = try DataSource.dots(examples: 300).load(seed: 1)
    let broken = try Dataset(
      name: "dots",
      features: Matrix(rows: data.train.count, columns: 2, [Float](repeating: 3e38, count: 2 * data.train.count)),
      targets: data.train.targets)
    let splits = try DataSplits(
      train: broken, validation: data.validation, test: data.test, standardisation: .none, description: "")
    let plan = SweepPlan(
      data: "dots", splits: splits, model: "mlp:64,64", loss: .softmaxCrossEntropy,
      recipe: TrainingRecipe(optimizer: try SGD(learningRate: 0.1)), batchSizes: [8, 32], seeds: [1], epochs: 1,
      lastBatch: .keep)
    try Study(
      TrainingMeasurement(plan: plan, data: splits, model: ModelText("mlp:64,64").model(for: broken)), folder: path,
      context: .oneThread
    ).run()
    #expect(files.isEmpty)
    #expect(try StudyResults<SweepPlan>(folder: path).trials.allSatisfy { $0.outcome.divergedAtUpdate == 1 })
  }
}
