/// The best evaluation of a training run so far, and whether it is time to stop: the state of ``EarlyStopping``.
public struct BestEvaluation: Sendable, Hashable, Codable {
  /// The rule.
  public let rule: EarlyStopping
  /// The best record; nil before there was one whose metric is a number.
  public private(set) var best: EvaluationRecord?
  /// The number of evaluations since the best one, or since the start where there is none.
  public private(set) var evaluationsSince = 0
  /// The number of epochs since the best evaluation, or since the first where there is none.
  public private(set) var epochsSince = 0.0
  /// The epoch of the first evaluation.
  private var start: Double?

  /// The state before the first evaluation.
  public init(_ rule: EarlyStopping) { self.rule = rule }

  /// Takes an evaluation in, after those before it, and returns whether it is the best so far.
  public mutating func observe(_ record: EvaluationRecord) -> Bool {
    let isNumber = rule.metric.value(in: record).map { !$0.isNaN } ?? false
    let isBest = best.map { rule.isBetter(record, than: $0) } ?? isNumber
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

  /// Whether the run has gone on for as long as the rule's patience without getting better.
  public var shouldStop: Bool {
    switch rule.patience {
    // Epochs are quotients of counts: the last digit must not add an evaluation.
    case .epochs(let patience): epochsSince >= patience * (1 - 1e-9)
    case .evaluations(let patience): evaluationsSince >= patience
    }
  }
}
