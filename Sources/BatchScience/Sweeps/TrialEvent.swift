public import BatchProfiling
public import BatchTraining

/// One line of a trial's file.
public enum TrialEvent: Sendable, Hashable {
  /// The trial began.
  case start(TrialStart)
  /// The trial was evaluated.
  case evaluation(EvaluationRecord)
  /// The trial ended; the last line of a whole file.
  case end(TrialEnd)
}

/// The first line of a trial's file.
public struct TrialStart: Sendable, Hashable, Codable {
  /// The trial.
  public var trial: TrialID
  /// The number of trainable parameters.
  public var parameters: Int
  /// The number of updates that the run was to have.
  public var updates: Int
  /// The machine the trial ran on.
  public var environment: MachineEnvironment
}

/// The last line of a trial's file.
public struct TrialEnd: Sendable, Hashable, Codable {
  /// The update at which the loss ceased to be a number; nil for a trial that finished.
  public var divergedAtUpdate: Int?
  /// The loss over the test part; nil for a trial that diverged.
  public var testLoss: Double?
  /// The share of test examples predicted right; nil for a trial that diverged or targets that are values.
  public var testAccuracy: Double?
}

extension TrialEvent: Codable {
  private enum Key: String, CodingKey {
    case event
  }

  private enum Kind: String, Codable {
    case start
    case evaluation
    case end
  }

  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Key.self).decode(Kind.self, forKey: .event) {
    case .start: self = .start(try TrialStart(from: decoder))
    case .evaluation: self = .evaluation(try EvaluationRecord(from: decoder))
    case .end: self = .end(try TrialEnd(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .start(let start):
      try container.encode(Kind.start, forKey: .event)
      try start.encode(to: encoder)
    case .evaluation(let record):
      try container.encode(Kind.evaluation, forKey: .event)
      try record.encode(to: encoder)
    case .end(let end):
      try container.encode(Kind.end, forKey: .event)
      try end.encode(to: encoder)
    }
  }
}
