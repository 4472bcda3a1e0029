import BatchAlgebra
import BatchFoundation
import BatchTestSupport
import Foundation
import Testing

@testable import BatchScience

/// The mechanism of studies, with one that is made for it.
@Suite struct StudyTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/s" }
  private let coins = CoinMeasurement(plan: CoinPlan(chance: 0.3))

  private func study(
    _ measurement: CoinMeasurement? = nil, in name: String = "s", context: ComputeContext = .oneThread,
    shard: StudyShard = .whole
  ) throws -> Study<CoinMeasurement> {
    try Study(measurement ?? coins, folder: "\(folder.path)/\(name)", context: context, shard: shard, arguments: ["a"])
  }

  private func results(_ names: String...) throws -> StudyResults<CoinPlan> {
    try StudyResults(folders: names.map { "\(folder.path)/\($0)" })
  }

  /// What was measured, without the machine and the moment.
  private func numbers(_ results: StudyResults<CoinPlan>) -> [String] {
    results.trials.map { "\($0.trial) \($0.start.study) \($0.records) \($0.outcome)" }
  }

  @Test func aStudyIsItsPlanItsMeasurementAndItsAnalysis() throws {
    var (started, finished): ([String], [Int]) = ([], [])
    try study().run(
      StudyObserver(onStart: { started.append($0.key) }, onFinish: { finished.append($1.heads) }))
    #expect(started == ["throws8-s1", "throws32-s1", "throws8-s2", "throws32-s2", "throws8-s3", "throws32-s3"])
    let results = try results("s")
    #expect(results.trials.map(\.outcome.heads) == finished && results.missingCount == 0)
    #expect(results.plan == coins.plan && results.description.arguments == ["a"])
    let shares = try results.analysis()
    #expect(shares[32]?.count == 3 && shares[32].map { (0.1...0.6).contains($0.mean) } == true)
    #expect(folder.names(in: "s") == [".lock", "study.json", "trials"])
    #expect(try study().remaining.isEmpty)
    #expect(results.json.contains(#""kind":"coins""#) && results.json.contains(#""isHeads":true"#))
  }

  @Test(arguments: [0, 7, 8, 60, 119])
  func stoppedAnywhereItEndsAsIfItHadNotBeen(_ count: Int) throws {
    try study(in: "whole").run()
    var seen = 0
    #expect(throws: StudyError.interrupted) {
      try study().run(StudyObserver(onProgress: { _, _, _ in seen += 1 }, shouldStop: { seen > count }))
    }
    let done = try results("s").trials.count
    #expect(try study().remaining.count == 6 - done)
    try study().run()
    #expect(try numbers(results("s")) == numbers(results("whole")))
    #expect(!folder.names(in: "s/trials").contains { $0.hasSuffix(".partial") })
  }

  @Test func anotherPlanIsRefused() throws {
    do { _ = try study() }
    let other = CoinMeasurement(plan: CoinPlan(chance: 0.5))
    let error = StudyError.anotherStudy(folder: path, differences: ["chance (here 0.3, asked for 0.5)"])
    #expect(throws: error) { try study(other) }
    // What the plan's own words leave out is noticed all the same.
    let fewer = CoinMeasurement(plan: CoinPlan(chance: 0.3, throwCounts: [8]))
    let unnamed = StudyError.anotherStudy(folder: path, differences: ["settings that its plan has no words for"])
    #expect(throws: unnamed) { try study(fewer) }
  }

  @Test(arguments: [
    (CoinPlan(chance: 0.3, seeds: [1, 2, 1]), "the trial throws8-s1 is there twice"),
    (CoinPlan(chance: 0.3, throwCounts: []), "there is nothing to measure"),
  ])
  func aPlanThatMakesNoSenseIsRefusedAndLeavesNothing(_ plan: CoinPlan, _ reason: String) throws {
    #expect(throws: StudyError.training(.plan(reason))) { try study(CoinMeasurement(plan: plan)) }
    #expect(folder.names().isEmpty)
    // Nor is it believed where it stands in a file.
    do { _ = try study() }
    folder.write(RecordJSON.document(StudyDescription(plan: plan, context: .oneThread)), to: "s/study.json")
    let error = StudyError.planFile(.damaged(path: "\(path)/study.json", line: nil, reason: reason))
    #expect(throws: error) { try results("s") }
  }

  // MARK: the compute context

  /// A study that was begun goes on with what it was begun with, whatever was measured in between.
  @Test func theContextIsThatOfTheBeginning() throws {
    let begun = ComputeContext.test(Float.self, threads: 2)
    do { _ = try study(context: begun) }
    do {
      let resumed = try study(context: .oneThread)
      #expect(resumed.description.context == begun)
      #expect(resumed.contextDifferences == ["threads: 2 → 1"])
    }
    var seen: [ComputeContext] = []
    let watching = WatchedCoins(plan: coins.plan) { context, team in
      seen.append(context)
      #expect(team.threads == context.threads)
    }
    try Study(watching, folder: path, context: .oneThread).run()
    #expect(seen == Array(repeating: begun, count: 6))
  }

  /// Coins that are not thrown, but tell what they would be thrown with.
  private struct WatchedCoins: StudyMeasurement {
    var plan: CoinPlan
    let see: (ComputeContext, ThreadTeam) -> Void

    func measure(_ trial: CoinPlan.Trial, _ recorder: TrialRecorder<CoinPlan>) -> CoinPlan.Outcome {
      see(recorder.context, recorder.team)
      return CoinPlan.Outcome(heads: 0)
    }

    func cost(_ context: ComputeContext, team: ThreadTeam) -> StudyCost { StudyCost(entries: []) }
  }

  @Test(.enabled(if: InstructionSet.allCases.contains { !$0.isSupported }))
  func instructionsThatAreNotHereAreRefused() throws {
    let missing = try #require(InstructionSet.allCases.first { !$0.isSupported })
    do { _ = try study() }
    var description = StudyDescription(plan: coins.plan, context: .oneThread)
    description.context.instructionSet = missing
    folder.write(RecordJSON.document(description), to: "s/study.json")
    #expect(throws: StudyError.otherProcessor(folder: path, instructionSet: missing)) { try study() }
  }

  /// Numbers that no context has are damage, which the file and the entry are named for.
  @Test(arguments: [
    (#""threads" : 1"#, #""threads" : 0"#, "'context.threads' cannot be: it is 0, and at least 1"),
    (#""threads" : 1"#, #""threads" : -3"#, "'context.threads' cannot be: it is -3"),
    (#""threads" : 1"#, #""threads" : 4611686018427387904"#, "and at most 1024"),
    (#""ntPackedBatch" : "#, #""ntPackedBatch" : -"#, "'context.thresholds.ntPackedBatch' cannot be: it is -16"),
    (#""contractionCutBatch" : "#, #""contractionCutBatch" : -"#, "contractionCutBatch' cannot be"),
    (#""smallestSharedWork" : "#, #""smallestSharedWork" : -"#, "smallestSharedWork' cannot be"),
    (#""multiple" : 1"#, #""multiple" : 0"#, "openBLASPanels.backwardData.multiple' cannot be: it is 0"),
  ])
  func aContextThatCannotBeIsDamage(_ from: String, _ to: String, _ reason: String) throws {
    do { _ = try study() }
    let text = String(decoding: try #require(folder.read("s/study.json")), as: UTF8.self)
    // The environment repeats the thresholds further on.
    let changed = text.replacing(from, with: to, maxReplacements: 1)
    #expect(changed != text)
    folder.write(changed, to: "s/study.json")
    for error in [
      #expect(throws: StudyError.self) { try results("s") }, #expect(throws: StudyError.self) { try study() },
    ] {
      guard case .planFile(.damaged(let path, _, let said)) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(path == "\(self.path)/study.json" && said.contains(reason), "\(said)")
    }
  }

  // MARK: shards

  @Test func shardsInFoldersOfTheirOwnArePutTogether() throws {
    try study(in: "whole").run()
    for index in 1...4 { try study(in: "p\(index)", shard: StudyShard(index: index, count: 4)).run() }
    #expect(try results("p2").trials.map(\.trial.key) == ["throws32-s1", "throws32-s3"])
    let merged = try results("p3", "p1", "p4", "p2")
    #expect(numbers(merged) == numbers(try results("whole")))
    #expect(try results("p1", "p3").missingCount == 3)
    #expect(
      throws: StudyError.trialTwice(
        trial: "throws8-s1", folders: ["\(folder.path)/p1", "\(folder.path)/whole"])
    ) { try results("p1", "whole") }
    try study(CoinMeasurement(plan: CoinPlan(chance: 0.5)), in: "other", shard: StudyShard(index: 2, count: 4)).run()
    let error = #expect(throws: StudyError.self) { try results("p1", "other") }
    #expect(error?.description.contains("differs in chance (here 0.3, asked for 0.5)") == true)
    // Trials that were computed in another way are none of the same study.
    let two = ComputeContext.test(Float.self, threads: 2)
    try study(in: "two", context: two, shard: StudyShard(index: 2, count: 4)).run()
    let context = #expect(throws: StudyError.self) { try results("p1", "two") }
    #expect(context?.description.contains("differs in threads: 1 → 2") == true)
  }

  @Test func shardsMayShareAFolder() throws {
    try study(in: "whole").run()
    let parts = try (1...3).map { try study(shard: StudyShard(index: $0, count: 3)) }
    #expect(parts.map(\.trialCount) == [2, 2, 2])
    // Each is one process's, and a whole study or another division would run the same trials.
    #expect(throws: StudyError.locked(folder: path)) { try study(shard: StudyShard(index: 2, count: 3)) }
    #expect(throws: StudyError.locked(folder: path)) { try study(shard: StudyShard(index: 1, count: 2)) }
    #expect(throws: StudyError.locked(folder: path)) { try study() }
    for part in parts.reversed() { try part.run() }
    #expect(try numbers(results("s")) == numbers(results("whole")))
  }

  /// Coins with an array that all trials share, large enough for another process to come in between.
  private struct SharingCoins: StudyMeasurement {
    var plan = CoinPlan(chance: 0.3)

    func sharedArrays() throws(StudyError) -> [String: Matrix<Float>] {
      guard let array = try? Matrix<Float>(rows: 200, columns: 200) else { throw .interrupted }
      return ["coins": array]
    }

    func measure(_ trial: CoinPlan.Trial, _ recorder: TrialRecorder<CoinPlan>) -> CoinPlan.Outcome {
      CoinPlan.Outcome(heads: 0)
    }

    func cost(_ context: ComputeContext, team: ThreadTeam) -> StudyCost { StudyCost(entries: []) }
  }

  /// Each would otherwise take away the file that another is about to give its name.
  @Test func shardsMayBeginTogether() async throws {
    for round in 1...10 {
      let path = "\(path)\(round)"
      let counts = try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 1...6 {
          group.addTask {
            try Study(SharingCoins(), folder: path, context: .oneThread, shard: StudyShard(index: index, count: 6))
              .trialCount
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(counts == [1, 1, 1, 1, 1, 1])
      #expect(folder.names(in: "s\(round)").filter { $0.hasSuffix(".npy") || $0.contains("partial") } == ["coins.npy"])
    }
  }

  /// What a process that was killed has left is removed, but not what another one is writing.
  @Test func aShardRemovesOnlyItsOwnUnfinishedFiles() throws {
    do { _ = try study() }
    for key in ["throws8-s1", "throws32-s1"] { folder.write("x", to: "s/trials/\(key).jsonl.partial") }
    do { _ = try study(shard: StudyShard(index: 2, count: 2)) }
    #expect(folder.names(in: "s/trials") == ["throws8-s1.jsonl.partial"])
    do { _ = try study() }
    #expect(folder.names(in: "s/trials").isEmpty)
  }

  @Test(arguments: [("2/4", StudyShard(index: 2, count: 4)), ("1/1", .whole)])
  func shardsAreWrittenAsTheyAreRead(_ text: String, _ shard: StudyShard) {
    #expect(StudyShard(text) == shard && shard.description == text)
  }

  @Test(arguments: ["0/4", "5/4", "1", "1/0", "-1/2", "a/b", "1/2/3", ""])
  func whatIsNoShardIsNone(_ text: String) { #expect(StudyShard(text) == nil) }

  // MARK: what does not belong here

  /// Trials that were measured for another plan do not count, and give way.
  @Test func trialsOfAnotherStudyAreNotTaken() throws {
    try study().run()
    try DurableFile.remove("\(path)/study.json")
    let other = CoinMeasurement(plan: CoinPlan(chance: 0.9))
    let second = try study(other)
    #expect(second.remaining.count == 6)
    #expect(try results("s").trials.isEmpty && results("s").strangers.count == 6)
    try second.run()
    #expect(try results("s").trials.count == 6 && results("s").strangers.isEmpty)
    #expect(try results("s").trials.map(\.outcome.heads).reduce(0, +) > 90)
  }

  /// A damaged line, what it is taken for, and what is said of it.
  static let damages: [(line: Int, from: String, to: String, message: String)] = [
    (1, #""event":"start""#, #""event":"record""#, "line 1: 'isHeads' is missing"),
    (1, #""seed":1"#, #""seed":2"#, "line 1: it holds the trial of 8 throws, seed 2"),
    (3, #""event":"record""#, #""event":"start""#, "line 3: 'study' is missing"),
    (10, #""event":"end""#, #""event":"other""#, "line 10: "),
    (10, #""heads":"#, #""heads":1"#, "its throws do not add up"),
    (10, "{", "", "line 10: it is not valid JSON"),
  ]

  @Test(arguments: damages.indices)
  func damageIsNamedWithItsLine(_ index: Int) throws {
    let (line, from, to, message) = Self.damages[index]
    try study().run()
    let file = "s/trials/throws8-s1.jsonl"
    var lines = String(decoding: try #require(folder.read(file)), as: UTF8.self).split(separator: "\n").map(String.init)
    lines[line - 1] = lines[line - 1].replacing(from, with: to, maxReplacements: 1)
    folder.write(lines.joined(separator: "\n"), to: file)
    let error = #expect(throws: StudyError.self) { try results("s") }
    #expect(error?.description.hasPrefix("\(folder.path)/\(file)") == true)
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test func aFileCutShortIsNamed() throws {
    try study().run()
    let file = "s/trials/throws8-s1.jsonl"
    let bytes = try #require(folder.read(file))
    for count in [0, 200, bytes.count - 20] {
      folder.write(Array(bytes.prefix(count)), to: file)
      let error = #expect(throws: StudyError.self) { try results("s") }
      #expect(error?.description.hasPrefix("\(folder.path)/\(file)") == true)
      // It counts as there, so that nothing is overwritten that could still be looked at.
      #expect(try study().remaining.isEmpty)
    }
  }

  // MARK: the registry

  @Test func kindsAreKnownByTheRegistry() throws {
    do { _ = try study() }
    #expect(
      StudyRegistry.builtIn.kinds.map { $0.kind } == [
        "sweep", "rules", "noise-scale", "branch", "steps-to-goal", "recommend", "verify",
      ])
    let error = #expect(throws: StudyError.unknownKind(path: "\(path)/study.json", kind: "coins")) {
      try StudyRegistry.builtIn.kind(of: path)
    }
    #expect(error?.description.contains("a study of the kind 'coins', which is not known here") == true)
    #expect(FolderContent(of: path) == .study(title: "a study of the kind 'coins'"))
    let known = StudyRegistry.builtIn.adding(CoinPlan.self)
    #expect(
      try known.kind(of: path) == CoinPlan.self
        && known.adding(CoinPlan.self).kinds.count == StudyRegistry.builtIn.kinds.count + 1)
    #expect(FolderContent(of: path, studies: known) == .study(title: "a study of coins"))
    #expect(throws: StudyError.noStudy(folder: folder.path)) { try known.kind(of: folder.path) }
    folder.write(#"{"format": 2, "kind": "sweep"}"#, to: "s/study.json")
    #expect(throws: StudyError.otherFormat(path: "\(path)/study.json", found: 2, expected: 3)) {
      try known.kind(of: path)
    }
  }
}
