public import BatchData
public import BatchFoundation

/// When a training run ends before its last epoch, judged after each evaluation.
///
/// A rule is a value without state: it sees all evaluations so far, so that a run that is resumed stops where it would
/// have stopped. Its description is its text form, as with a ``LearningRateSchedule``. ``EarlyStopping`` is the
/// package's own; another takes a line:
///
/// ```swift
/// struct Target: StoppingRule {
///   let accuracy: Double
///   func shouldStop(_ state: BestEvaluation) -> Bool { (state.evaluations.last?.validationAccuracy ?? 0) >= accuracy }
///   var description: String { "target:\(accuracy)" }
/// }
/// ```
public protocol StoppingRule: Sendable, CustomStringConvertible {
  /// Whether the run ends here; asked for before every update, the last evaluation being the newest of
  /// ``BestEvaluation/evaluations``.
  func shouldStop(_ state: BestEvaluation) -> Bool
  /// Whether an evaluation is better than the best one before it, of which there may be none yet; one with a lower
  /// validation loss unless told otherwise.
  func isBetter(_ record: EvaluationRecord, than best: EvaluationRecord?) -> Bool
  /// Whether the weights of the best evaluation are to be taken in the end, and not the last ones; false unless told
  /// otherwise.
  var restoresBest: Bool { get }
  /// Checks the settings; nothing unless told otherwise.
  ///
  /// - Throws: ``RegularisationError`` for one that makes no sense.
  func requireValid() throws(RegularisationError)
  /// Checks that the rule can judge a training on a data set; nothing unless told otherwise.
  ///
  /// - Throws: ``RegularisationError`` that says what does not fit.
  func requireFit(_ data: Dataset) throws(RegularisationError)
}

extension StoppingRule {
  public func isBetter(_ record: EvaluationRecord, than best: EvaluationRecord?) -> Bool {
    // Written so that a loss that is no number is never better.
    best.map { record.validationLoss < $0.validationLoss } ?? !record.validationLoss.isNaN
  }

  public var restoresBest: Bool { false }

  public func requireValid() throws(RegularisationError) {}

  public func requireFit(_ data: Dataset) throws(RegularisationError) {}
}

/// Stopping rules in files: ``EarlyStopping`` as an object with its settings, a user's own as its description.
public enum StoppingRuleCodec: ValueCodec {
  public static func text(_ rule: any StoppingRule) -> String { rule.description }

  public static func decode(from decoder: any Decoder) throws -> any StoppingRule {
    if let text = try? decoder.singleValueContainer().decode(String.self) { return UnknownValue(text) }
    return try EarlyStopping(from: decoder)
  }

  public static func encode(_ rule: any StoppingRule, to encoder: any Encoder) throws {
    if let rule = rule as? EarlyStopping {
      try rule.encode(to: encoder)
    } else {
      var container = encoder.singleValueContainer()
      try container.encode(rule.description)
    }
  }
}

extension UnknownValue: StoppingRule {
  public func shouldStop(_ state: BestEvaluation) -> Bool { fatalError(refusal("stopping rule")) }

  public func requireFit(_ data: Dataset) throws(RegularisationError) {
    throw RegularisationError(refusal("stopping rule"))
  }
}

/// The best evaluation of a training run so far, and whether it is time to stop: the state of a ``StoppingRule``.
public struct BestEvaluation: Sendable, Hashable, Codable {
  /// The rule.
  @Coded<StoppingRuleCodec> public internal(set) var rule: any StoppingRule
  /// All evaluations so far.
  public private(set) var evaluations: [EvaluationRecord] = []
  /// The best record; nil before there was one that the rule takes for a start, whose metric is a number.
  public private(set) var best: EvaluationRecord?
  /// The number of evaluations since the best one, or since the start where there is none.
  public private(set) var evaluationsSince = 0
  /// The number of epochs since the best evaluation, or since the first where there is none.
  public private(set) var epochsSince = 0.0
  /// The epoch of the first evaluation.
  private var start: Double?

  /// The state before the first evaluation.
  public init(_ rule: any StoppingRule) { self.rule = rule }

  /// Takes an evaluation in, after those before it, and returns whether it is the best so far.
  public mutating func observe(_ record: EvaluationRecord) -> Bool {
    evaluations.append(record)
    let isBest = rule.isBetter(record, than: best)
    if start == nil { start = record.epoch }
    if isBest {
      best = record
      evaluationsSince = 0
    } else {
      evaluationsSince += 1
    }
    epochsSince = record.epoch - (best?.epoch ?? start ?? record.epoch)
    return isBest
  }

  /// Whether the rule ends the run here.
  public var shouldStop: Bool { rule.shouldStop(self) }
}
