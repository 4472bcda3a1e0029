import BatchData
import BatchFormats
import BatchFoundation
import BatchReport
import BatchScience
import BatchTestSupport
import BatchTraining

extension FuzzedReader {
  static let runs: [FuzzedReader] = [run]
  static let studies: [FuzzedReader] = [
    sweep, rules, noiseScale, branch, stepsToGoal, recommendation, verification,
  ]

  /// A run's folder, resumed to its end.
  private static let run = FuzzedReader(
    name: "run",
    corpus: { scratch in
      try SmallRun.variants.enumerated().map { index, settings in
        let folder = "\(scratch)/run-\(index)"
        _ = try SmallRun.run(settings, folder: folder).train()
        var input = try FuzzInput(at: folder)
        for name in input.names {
          input.files[name] = SmallRun.settled(input.files[name] ?? [])
          if name.hasPrefix("checkpoints/best") || name.hasPrefix("weights") { input.files[name] = nil }
        }
        return input
      }
    },
    seal: { changed, _ in
      for name in changed.names where name.hasSuffix(".safetensors") {
        SealedTensors.seal(&changed.files[name, default: []])
      }
    }, writes: true,
    read: { _, folder in
      guard let point = try ResumePoint(in: folder, skippingDamaged: true) else {
        throw Refusal(reason: "no checkpoint")
      }
      _ = try point.checkpoint.run()
      for settings in SmallRun.variants where point.checkpoint.record.optimizer == "\(settings.optimizer)" {
        _ = try SmallRun.run(settings, folder: folder, epochs: 3, resuming: point).train()
      }
    })

  private static let sweep = FuzzedReader(
    name: "sweep",
    corpus: { scratch in
      let patience = try EarlyStopping(patience: EarlyStopping.Patience("2"))
      _ = try SweepFixture.trained(in: "\(scratch)/a", batches: [8, 32], seeds: [1, 2], epochs: 2)
      _ = try SweepFixture.trained(
        in: "\(scratch)/b", batches: [8, 32, 128], seeds: [1, 2], epochs: 3, distance: 1, stopping: patience)
      return try ["a", "b"].map { try StudyInput.settled(FuzzInput(at: "\(scratch)/\($0)")) }
    }, seal: { StudyInput.seal(&$0, $1, SweepPlan.self) }, read: { _, folder in try StudyInput.report(folder) })

  private static let rules = FuzzedReader(
    name: "rules",
    corpus: { scratch in
      let data = try RulesFixture.data()
      let plan = try RulesFixture.plan(data, batches: [8, 32], rules: ["linear"], seeds: [1, 2], epochs: 2)
      _ = try RulesFixture.trained(plan, data, in: "\(scratch)/a")
      return [try StudyInput.settled(FuzzInput(at: "\(scratch)/a"))]
    }, seal: { StudyInput.seal(&$0, $1, RulesPlan.self) }, read: { _, folder in try StudyInput.report(folder) })

  private static let noiseScale = FuzzedReader(
    name: "noise-scale",
    corpus: { scratch in
      _ = try NoiseScaleFixture.trained(in: "\(scratch)/a", rates: [0.02, 0.1], epochs: 2, exact: 2)
      return [try StudyInput.settled(FuzzInput(at: "\(scratch)/a"))]
    }, seal: { StudyInput.seal(&$0, $1, NoiseScalePlan.self) }, read: { _, folder in try StudyInput.report(folder) })

  private static let branch = FuzzedReader(
    name: "branch",
    corpus: { scratch in
      let data = try BranchFixture.data()
      _ = try BranchFixture.trained(BranchFixture.plan(data), data, in: "\(scratch)/a")
      // At this rate the larger batches diverge.
      _ = try BranchFixture.trained(BranchFixture.plan(data, seeds: [1], rate: 1e38), data, in: "\(scratch)/b")
      return try ["a", "b"].map { try StudyInput.settled(FuzzInput(at: "\(scratch)/\($0)")) }
    }, seal: { StudyInput.seal(&$0, $1, BranchPlan.self) }, read: { _, folder in try StudyInput.report(folder) })

  private static let stepsToGoal = FuzzedReader(
    name: "steps-to-goal",
    corpus: { scratch in
      let data = try GoalFixture.data()
      let plan = try GoalFixture.stepsToGoal(data)
      try Study(
        GoalMeasurement(plan: plan, data: data, model: GoalFixture.model(data)), folder: "\(scratch)/a",
        context: .oneThread
      ).run()
      return [try StudyInput.settled(FuzzInput(at: "\(scratch)/a"))]
    }, seal: { StudyInput.seal(&$0, $1, StepsToGoalPlan.self) }, read: { _, folder in try StudyInput.report(folder) })

  private static let recommendation = FuzzedReader(
    name: "recommend",
    corpus: { scratch in
      try [("validation-loss:0.3", RecommendationEffort.minutes), ("3epochs", .seconds)].map { target, effort in
        let data = try GoalFixture.data()
        let plan = try GoalFixture.recommendation(data, target, effort: effort)
        let folder = "\(scratch)/\(effort)"
        _ = try Recommender(plan, data: data, model: GoalFixture.model(data)).recommend(in: folder, context: .oneThread)
        return try StudyInput.settled(FuzzInput(at: folder))
      }
    }, seal: { StudyInput.seal(&$0, $1, RecommendPlan.self) }, read: { _, folder in try StudyInput.report(folder) })

  private static let verification = FuzzedReader(
    name: "verify",
    corpus: { scratch in
      let data = try GoalFixture.data()
      let plan = try GoalFixture.recommendation(data, "validation-loss:0.3")
      let recommender = Recommender(plan, data: data, model: try GoalFixture.model(data))
      _ = try recommender.recommend(in: "\(scratch)/a", context: .oneThread)
      _ = try recommender.verify("\(scratch)/a", in: "\(scratch)/v", seeds: 2)
      return [try StudyInput.settled(FuzzInput(at: "\(scratch)/v"))]
    }, seal: { StudyInput.seal(&$0, $1, VerifyPlan.self) }, read: { _, folder in try StudyInput.report(folder) })
}

/// The folders of studies.
enum StudyInput {
  /// Without what changes from one time to the next, and without a report.
  static func settled(_ input: FuzzInput) -> FuzzInput {
    FuzzInput(
      input.files.filter { !$0.key.hasSuffix(".html") && !$0.key.hasSuffix(".csv") }.mapValues(SmallRun.settled))
  }

  /// Puts the fingerprints of changed files and of a changed plan where those of the original stand.
  static func seal<Plan: StudyPlan>(_ changed: inout FuzzInput, _ original: FuzzInput, _: Plan.Type) {
    var renamed: [(old: [UInt8], new: [UInt8])] = []
    for name in changed.names where name.hasSuffix(".npy") && changed.files[name] != original.files[name] {
      guard let old = original.files[name], let new = changed.files[name] else { continue }
      renamed.append((fingerprint(old), fingerprint(new)))
    }
    replace(renamed, in: &changed)
    guard let before = plan(original, Plan.self), let after = plan(changed, Plan.self), before != after else { return }
    replace([(Array(before.utf8), Array(after.utf8))], in: &changed)
  }

  /// What `report` does, but for the files that it writes.
  static func report(_ folder: String) throws {
    let report = try StudyReports.builtIn.report(of: [folder])
    _ = report.findings
    _ = report.html.rendered()
    for format in TableFormat.allCases {
      _ = report.table.rendered(as: format)
      _ = report.resultsTable.rendered(as: format)
    }
  }

  private static func plan<Plan: StudyPlan>(_ input: FuzzInput, _: Plan.Type) -> String? {
    let name = "study.json"
    guard let bytes = input.files[name] else { return nil }
    return try? RecordJSON.decode(StudyDescription<Plan>.self, from: bytes, path: name).fingerprint
  }

  private static func fingerprint(_ bytes: [UInt8]) -> [UInt8] {
    var fingerprint = Fingerprint()
    bytes.withUnsafeBytes { fingerprint.add($0) }
    return Array(fingerprint.text.utf8)
  }

  private static func replace(_ texts: [(old: [UInt8], new: [UInt8])], in input: inout FuzzInput) {
    guard !texts.isEmpty else { return }
    for (name, bytes) in input.files where name.hasSuffix(".json") || name.hasSuffix(".jsonl") {
      var bytes = bytes
      for (old, new) in texts where bytes.count >= old.count {
        for place in 0...bytes.count - old.count
        where bytes[place] == old[0] && bytes[place..<place + old.count].elementsEqual(old) {
          bytes.replaceSubrange(place..<place + old.count, with: new)
        }
      }
      input.files[name] = bytes
    }
  }
}
