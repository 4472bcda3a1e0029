/// What a study asks: everything that its trials depend on, beside the compute context.
///
/// Two studies of equal plans and contexts give equal results, seconds apart; a folder holds the trials of one plan. The
/// plan of a new kind of study says which trials there are, what a trial writes, and what the trials show together;
/// folder, resume, shards and progress come with ``Study``.
public protocol StudyPlan: Codable, Hashable, Sendable {
  /// What tells a trial from the others.
  associatedtype Trial: StudyTrial
  /// What is written of a trial while it is measured, a line each.
  associatedtype Record: Codable, Hashable, Sendable
  /// What a trial ends with, its last line.
  associatedtype Outcome: Codable, Hashable, Sendable
  /// What the trials show together.
  associatedtype Analysis: Sendable

  /// The name of the kind in files: `sweep`.
  static var kind: String { get }
  /// The kind in sentences, with its article: `a sweep`.
  static var title: String { get }

  /// The trials, in the order in which they run; of an adaptive plan those that are known before any is measured.
  var trials: [Trial] { get }

  /// Whether trials follow from the results of those before them; then ``trial(after:)`` tells which.
  static var isAdaptive: Bool { get }

  /// The trial of an adaptive plan that follows on those that are finished, which are all that came before it; nil when
  /// the study is over.
  ///
  /// It depends on nothing but the results, so that a study that was cut short goes on as one that was left alone.
  func trial(after results: StudyResults<Self>) -> Trial?

  /// The plan with the settings at a fixed value that say which trials follow and nothing of what a trial measures: a study
  /// is resumed whatever they are asked to be.
  ///
  /// Two plans with the same are of the same study.
  var identity: Self { get }

  /// Whether a finished trial shows all that another of the same key would; of an adaptive plan one that had other limits
  /// may.
  func isAnswered(_ trial: Trial, by result: TrialResult<Self>) -> Bool

  /// The batch sizes whose steps trials follow from; none where they follow from no step times.
  var timedSizes: [Int] { get }

  /// The least mean seconds of a step that a run of each batch size had, by which the timing of steps is checked; none where
  /// trials do not tell.
  func fastestSteps(in trials: [TrialResult<Self>]) -> [Int: Double]

  /// What another plan changes, one phrase a setting: `epochs (here 10, asked for 20)`.
  func differences(from other: Self) -> [String]

  /// What makes no sense about the plan itself, without regard to data and model; nil for nothing.
  var problem: String? { get }

  /// What cannot be true of a finished trial that was read from its file; nil for nothing.
  func fault(in trial: TrialResult<Self>) -> TrialFault?

  /// What cannot be true of the trials together, or of the arrays that they share; nil for nothing.
  func fault(in results: StudyResults<Self>) -> SharedFault?

  /// What the finished trials show together, computed anew from what was measured.
  ///
  /// - Throws: ``StudyError`` where that cannot be told.
  func analysis(of results: StudyResults<Self>) throws(StudyError) -> Analysis
}

extension StudyPlan {
  /// They do not.
  public static var isAdaptive: Bool { false }
  public func trial(after results: StudyResults<Self>) -> Trial? { nil }
  public var identity: Self { self }
  public func isAnswered(_ trial: Trial, by result: TrialResult<Self>) -> Bool { result.trial == trial }
  public var timedSizes: [Int] { [] }
  public func fastestSteps(in trials: [TrialResult<Self>]) -> [Int: Double] { [:] }
  public var problem: String? { nil }
  public func fault(in trial: TrialResult<Self>) -> TrialFault? { nil }
  public func fault(in results: StudyResults<Self>) -> SharedFault? { nil }

  /// What makes no sense about the plan: what it says of itself, or trials that cannot be told apart.
  var invalidity: String? {
    if let problem { return problem }
    var seen: Set<String> = []
    for trial in trials {
      guard trial.key.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._-]*/#) != nil else {
        return "'\(trial.key)' cannot name the file of a trial"
      }
      guard seen.insert(trial.key).inserted else { return "the trial \(trial.key) is there twice" }
    }
    return seen.isEmpty ? "there is nothing to measure" : nil
  }
}

/// What tells a trial from the others of its study: its key, which names its files.
public protocol StudyTrial: Codable, Hashable, Sendable, CustomStringConvertible {
  /// Letters, digits, dots and hyphens, as `b32-s1`; no two trials of a plan have the same.
  var key: String { get }
  /// The number of examples that an update averages: trials of equal ones take about as long.
  var batchSize: Int { get }
  /// The seed of all random numbers of the trial.
  var seed: UInt64 { get }
}

/// What is wrong with a trial's file.
public struct TrialFault: Sendable, Hashable {
  /// The record, counted from 0; nil for the file as a whole.
  public var record: Int?
  /// What is wrong.
  public var reason: String

  /// A fault of a record, or of the file as a whole.
  public init(record: Int? = nil, _ reason: String) {
    self.record = record
    self.reason = reason
  }
}

/// What is wrong with an array that the trials of a study share.
public struct SharedFault: Sendable, Hashable {
  /// The array's name.
  public var array: String
  /// What is wrong.
  public var reason: String

  /// A fault of an array.
  public init(array: String, _ reason: String) {
    self.array = array
    self.reason = reason
  }
}
