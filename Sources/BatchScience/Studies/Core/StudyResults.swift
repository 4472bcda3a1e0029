public import BatchAlgebra
import BatchFoundation

/// All finished trials of a study, from one folder or from those of its shards.
public struct StudyResults<Plan: StudyPlan>: Sendable {
  /// The study's plan and circumstances.
  public let description: StudyDescription<Plan>
  /// The finished trials, in the order of the plan.
  public let trials: [TrialResult<Plan>]
  /// The arrays that all trials share, by name.
  public let arrays: [String: Matrix<Float>]
  /// Files of trials that were measured for another study, and are left out.
  public let strangers: [String]
  /// The number of finished trials of an adaptive study that do not follow by its settings and its step times as they are
  /// now; they are left out.
  public let unusedCount: Int
  /// The step times that were measured for the study: one for each folder and machine.
  public let stepTimes: [StepTimes]
  /// Files of step times that are not taken for this study's, each with the reason.
  public let refusedStepTimes: [String]
  /// The step times that the study's seconds are computed with: of one machine, whatever the trials ran on, so that all
  /// seconds can be compared.
  ///
  /// It is the machine that got quiet about most batch sizes, of several the one that most trials ran on.
  public let chosenStepTimes: StepTimes?
  let curve: StepTimeCurve?

  private let places: [String: Int]

  /// The plan.
  public var plan: Plan { description.plan }

  /// The number of trials that are not finished; of an adaptive plan one, where another follows on those that are.
  public var missingCount: Int {
    guard Plan.isAdaptive else { return plan.trials.count - trials.count }
    return plan.trial(after: self) == nil ? 0 : 1
  }

  /// Why the trials of an adaptive study cannot be followed to their end: the step times from which they followed are
  /// lost; nil where they are not.
  public var lostStepTimes: String? {
    guard Plan.isAdaptive, stepTimes.isEmpty, unusedCount > 0 else { return nil }
    let reason =
      refusedStepTimes.isEmpty
      ? "\(StepTimesFile.name(of: description.environment)) is not there" : refusedStepTimes.joined(separator: "; ")
    return "the step times from which its trials followed are lost (\(reason))"
  }

  /// Whether no trial is still to come, as far as that can be told.
  public var isFinished: Bool { missingCount == 0 && lostStepTimes == nil }

  /// Checks that all trials of the study in a folder are there, before something is concluded from them for good.
  ///
  /// - Throws: ``StudyError/unfinished(folder:study:trials:reason:)``.
  public func requireFinished(in folder: String) throws(StudyError) {
    guard !isFinished else { return }
    throw .unfinished(
      folder: folder, study: Plan.title, trials: trials.count,
      reason: FolderContent.isInUse(folder) ? "another process is at it" : lostStepTimes)
  }

  /// Results with all of their parts, as a test makes them.
  public init(
    description: StudyDescription<Plan>, trials: [TrialResult<Plan>], arrays: [String: Matrix<Float>] = [:],
    strangers: [String] = [], unusedCount: Int = 0, stepTimes: [StepTimes] = [], refusedStepTimes: [String] = []
  ) {
    self.description = description
    self.trials = trials
    self.arrays = arrays
    self.strangers = strangers
    self.unusedCount = unusedCount
    self.stepTimes = stepTimes
    self.refusedStepTimes = refusedStepTimes
    func trialCount(on times: StepTimes) -> Int {
      trials.count { $0.start.environment.differences(from: times.environment).isEmpty }
    }
    chosenStepTimes =
      stepTimes.map { (times: $0, trials: trialCount(on: $0)) }.max { a, b in
        (a.times.quietSizes.count, a.trials) < (b.times.quietSizes.count, b.trials)
      }?.times
    curve = chosenStepTimes.flatMap { StepTimeCurve($0) }
    places = Dictionary(trials.enumerated().map { ($0.element.trial.key, $0.offset) }) { first, _ in first }
  }

  /// Reads what is there of a study; trials that are missing are left out.
  ///
  /// - Throws: ``StudyError`` when the folder holds no study of this kind or a file is damaged.
  public init(folder: String) throws(StudyError) { try self.init(folders: [folder]) }

  /// Reads what is there of a study in the folders of its shards, each of which has a part of the trials.
  ///
  /// - Throws: ``StudyError`` when a folder holds no study of this kind, or another one than the first, when a trial is
  ///   in two of them, or a file is damaged.
  public init(folders: [String]) throws(StudyError) { try self.init(folders: folders, as: nil) }

  /// Reads the same, of a study with other settings than its file has yet.
  init(folders: [String], as resumed: StudyDescription<Plan>?) throws(StudyError) {
    guard let first = folders.first else { throw .noStudy(folder: "") }
    let begun = try StudyDescription<Plan>.read(in: first)
    let description = resumed ?? begun
    for folder in folders.dropFirst() {
      let other = try StudyDescription<Plan>.read(in: folder)
      var differences = description.plan.differences(from: other.plan)
      differences += description.context.differences(from: other.context)
      guard differences.isEmpty, description.fingerprint == other.fingerprint else {
        throw .otherShard(folder: folder, first: first, differences: differences)
      }
    }
    var arrays: [String: Matrix<Float>] = [:]
    for (name, fingerprint) in description.arrays {
      arrays[name] = try TrialFile<Plan>.readArray(StudyFiles.shared(name, in: first), fingerprint)
    }
    let contents = folders.map { StepTimesFile.read(in: $0, study: description.fingerprint) }
    let unmeasured = StudyResults(
      description: description, trials: [], arrays: arrays, stepTimes: contents.flatMap(\.times),
      refusedStepTimes: contents.flatMap(\.refused))
    self = try Plan.isAdaptive ? unmeasured.following(in: folders).results : unmeasured.planned(in: folders)
    if let fault = description.plan.fault(in: self) {
      let path = StudyFiles.shared(fault.array, in: first)
      throw .file(.damaged(path: path, line: nil, reason: fault.reason))
    }
  }

  /// The results with the trials of the plan that are finished.
  private func planned(in folders: [String]) throws(StudyError) -> StudyResults {
    var (trials, strangers): ([TrialResult<Plan>], [String]) = ([], [])
    for trial in plan.trials {
      if let result = try read(trial, in: folders, strangers: &strangers) { trials.append(result) }
    }
    return with(trials, strangers: strangers)
  }

  /// The results with the trials that follow on one another, as far as they are finished, and the one that is due next; nil
  /// where the study is over.
  func following(in folders: [String]) throws(StudyError) -> (results: StudyResults, next: Plan.Trial?) {
    var results = self
    var next = plan.trial(after: results)
    while let trial = next {
      var strangers = results.strangers
      let result = try read(trial, in: folders, strangers: &strangers)
      results = results.with(results.trials + [result].compactMap { $0 }, strangers: strangers)
      if result == nil { break }
      next = plan.trial(after: results)
    }
    var count = 0
    for folder in folders {
      let names = (try? DurableFile.names(in: StudyFiles.trials(in: folder))) ?? []
      count += names.count { $0.hasSuffix(".jsonl") }
    }
    let unused = max(0, count - results.trials.count - results.strangers.count)
    return (results.with(results.trials, unusedCount: unused), next)
  }

  /// Reads a trial that is finished; nil where it is not.
  ///
  /// A file of another study is none of it. Of several trials of an adaptive study that differ in their limits alone the one
  /// that is asked for counts, else the first that shows as much.
  private func read(
    _ trial: Plan.Trial, in folders: [String], strangers: inout [String]
  ) throws(StudyError) -> TrialResult<Plan>? {
    var found: (folder: String, result: TrialResult<Plan>)?
    for folder in folders {
      var finished: [TrialResult<Plan>] = []
      for name in TrialFile<Plan>.names(of: trial, in: folder) {
        switch TrialFile<Plan>.study(named: name, in: folder) {
        case .missing: continue
        case .study(let fingerprint) where fingerprint != description.fingerprint:
          let path = StudyFiles.events(of: name, in: folder)
          if !strangers.contains(path) { strangers.append(path) }
        case .study, .unknown:
          finished.append(try TrialFile<Plan>.read(trial, named: name, of: description, in: folder))
        }
      }
      let answering = finished.first { $0.trial == trial } ?? finished.first { plan.isAnswered(trial, by: $0) }
      guard let answering else { continue }
      if let found { throw .trialTwice(trial: trial.key, folders: [found.folder, folder]) }
      found = (folder, answering)
    }
    return found?.result
  }

  /// The same study with other trials.
  func with(_ trials: [TrialResult<Plan>], strangers: [String]? = nil, unusedCount: Int? = nil) -> StudyResults {
    StudyResults(
      description: description, trials: trials, arrays: arrays, strangers: strangers ?? self.strangers,
      unusedCount: unusedCount ?? self.unusedCount, stepTimes: stepTimes, refusedStepTimes: refusedStepTimes)
  }

  /// A trial; nil where it is not finished.
  public subscript(_ trial: Plan.Trial) -> TrialResult<Plan>? { places[trial.key].map { trials[$0] } }

  /// What the finished trials show together.
  ///
  /// - Throws: ``StudyError`` where that cannot be told.
  public func analysis() throws(StudyError) -> Plan.Analysis { try plan.analysis(of: self) }

  /// The plan, the circumstances and all lines of the trials as JSON.
  public var json: String {
    RecordJSON.text(
      StudyData(
        description: description,
        trials: trials.map {
          StudyData.Trial(start: $0.start, records: $0.records, outcome: $0.outcome, elapsed: $0.elapsed)
        }, stepTimes: stepTimes))
  }

  private struct StudyData: Encodable {
    struct Trial: Encodable {
      var start: TrialStart<Plan.Trial>
      var records: [Plan.Record]
      var outcome: Plan.Outcome
      var elapsed: ElapsedTime?
    }

    var description: StudyDescription<Plan>
    var trials: [Trial]
    var stepTimes: [StepTimes]
  }
}
