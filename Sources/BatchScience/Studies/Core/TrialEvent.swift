public import BatchProfiling

/// One line of a trial's file: it starts, measures, and ends.
enum TrialEvent<Plan: StudyPlan>: Sendable {
  case start(TrialStart<Plan.Trial>)
  case record(Plan.Record)
  case end(TrialEnd<Plan.Outcome>)
}

/// The first line of a trial's file.
public struct TrialStart<Trial: StudyTrial>: Sendable, Hashable, Codable {
  /// The fingerprint of the study that the trial belongs to.
  public var study: String
  /// The trial.
  public var trial: Trial
  /// The machine it ran on.
  public var environment: MachineEnvironment

  /// A beginning with all of its parts.
  public init(study: String, trial: Trial, environment: MachineEnvironment) {
    self.study = study
    self.trial = trial
    self.environment = environment
  }
}

/// The last line of a trial's file.
struct TrialEnd<Outcome: Codable & Hashable & Sendable>: Sendable, Hashable {
  /// The fingerprints of the arrays that the trial has kept, by name.
  var arrays: [String: String]
  /// What clock and system said of the trial; nil in files of earlier versions.
  var elapsed: ElapsedTime?
  var outcome: Outcome
}

extension TrialEvent: Codable {
  private enum Key: String, CodingKey {
    case event
  }

  private enum Kind: String, Codable {
    case start
    case record
    case end
  }

  init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Key.self).decode(Kind.self, forKey: .event) {
    case .start: self = .start(try TrialStart(from: decoder))
    case .record: self = .record(try Plan.Record(from: decoder))
    case .end: self = .end(try TrialEnd(from: decoder))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .start(let start):
      try container.encode(Kind.start, forKey: .event)
      try start.encode(to: encoder)
    case .record(let record):
      try container.encode(Kind.record, forKey: .event)
      try record.encode(to: encoder)
    case .end(let end):
      try container.encode(Kind.end, forKey: .event)
      try end.encode(to: encoder)
    }
  }
}

extension TrialEnd: Codable {
  private enum Key: String, CodingKey {
    case arrays
    case elapsed
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    arrays = try container.decode([String: String].self, forKey: .arrays)
    elapsed = try container.decodeIfPresent(ElapsedTime.self, forKey: .elapsed)
    outcome = try Outcome(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(arrays, forKey: .arrays)
    try container.encodeIfPresent(elapsed, forKey: .elapsed)
    try outcome.encode(to: encoder)
  }
}
