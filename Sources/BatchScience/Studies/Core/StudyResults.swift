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

  /// Results with all of their parts, as a test makes them.
  public init(
    description: StudyDescription<Plan>, trials: [TrialResult<Plan>], arrays: [String: Matrix<Float>] = [:],
    strangers: [String] = [], stepTimes: [StepTimes] = [], refusedStepTimes: [String] = []
  ) {
    self.description = description
    self.trials = trials
    self.arrays = arrays
    self.strangers = strangers
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
  public init(folders: [String]) throws(StudyError) {
    guard let first = folders.first else { throw .noStudy(folder: "") }
    let description = try StudyDescription<Plan>.read(in: first)
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
    self = try Plan.isAdaptive ? unmeasured.following(in: folders) : unmeasured.planned(in: folders)
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

  /// The results with the trials that follow on one another, as far as they are finished.
  private func following(in folders: [String]) throws(StudyError) -> StudyResults {
    var results = self
    while let trial = plan.trial(after: results) {
      var strangers = results.strangers
      let result = try read(trial, in: folders, strangers: &strangers)
      results = results.with(results.trials + [result].compactMap { $0 }, strangers: strangers)
      if result == nil { break }
    }
    return results
  }

  /// Reads a trial that is finished; nil where it is not.
  ///
  /// A file of another study is none of it.
  private func read(
    _ trial: Plan.Trial, in folders: [String], strangers: inout [String]
  ) throws(StudyError) -> TrialResult<Plan>? {
    var found: (folder: String, result: TrialResult<Plan>)?
    for folder in folders {
      switch TrialFile<Plan>.study(of: trial, in: folder) {
      case .missing: continue
      case .study(let fingerprint) where fingerprint != description.fingerprint:
        strangers.append(StudyFiles.events(of: trial.key, in: folder))
        continue
      case .study, .unknown: break
      }
      if let found { throw .trialTwice(trial: trial.key, folders: [found.folder, folder]) }
      found = (folder, try TrialFile<Plan>.read(trial, of: description, in: folder))
    }
    return found?.result
  }

  /// The same study with other trials.
  func with(_ trials: [TrialResult<Plan>], strangers: [String]? = nil) -> StudyResults {
    StudyResults(
      description: description, trials: trials, arrays: arrays, strangers: strangers ?? self.strangers,
      stepTimes: stepTimes, refusedStepTimes: refusedStepTimes)
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
