public import BatchData
public import BatchFoundation

/// When to end a training run because its validation no longer gets better.
public struct EarlyStopping: StoppingRule, Hashable, Codable {
  /// What is watched.
  public enum Metric: String, Sendable, Hashable, CaseIterable, Codable {
    /// The loss over the validation part; lower is better.
    case validationLoss = "validation-loss"
    /// The share of the validation part that is predicted right; higher is better.
    case validationAccuracy = "validation-accuracy"

    /// The metric's value in a record; nil where the record has none.
    public func value(in record: EvaluationRecord) -> Double? {
      switch self {
      case .validationLoss: record.validationLoss
      case .validationAccuracy: record.validationAccuracy
      }
    }

    /// Whether a record is better than another, by more than a margin; one without a number never is.
    public func isBetter(_ record: EvaluationRecord, than other: EvaluationRecord, by margin: Double = 0) -> Bool {
      guard let value = value(in: record), let old = self.value(in: other) else { return false }
      switch self {
      case .validationLoss: return value < old - margin
      case .validationAccuracy: return value > old + margin
      }
    }

    /// Checks that the metric can be told for a data set.
    ///
    /// - Throws: ``RegularisationError`` for the accuracy of values, which are right or wrong by degrees.
    public func requireFit(_ data: Dataset) throws(RegularisationError) {
      guard self == .validationAccuracy, case .values = data.targets else { return }
      throw RegularisationError("\(rawValue) needs classes, and \(data.name) has values; take validation-loss")
    }
  }

  /// How long a run may go on without getting better; as text `5` or `20-evaluations`.
  public enum Patience: TextCoded {
    /// So many epochs, which mean the same at every batch size.
    case epochs(Double)
    /// So many evaluations; of these a run has more than one an epoch at first, see ``EvaluationSchedule``.
    case evaluations(Int)

    public init(_ text: String) throws(RegularisationError) {
      if let number = SettingNumber.read(text[...]) {
        self = .epochs(number)
      } else if text.hasSuffix(Self.suffix), let count = Int(text.dropLast(Self.suffix.count)) {
        self = .evaluations(count)
      } else {
        throw RegularisationError(
          "unknown patience '\(text)': write a number of epochs, or evaluations as 20-evaluations")
      }
      try requireValid()
    }

    public var description: String {
      switch self {
      case .epochs(let count): SettingNumber.plain(count)
      case .evaluations(let count): "\(count)\(Self.suffix)"
      }
    }

    private static var suffix: String { "-evaluations" }

    func requireValid() throws(RegularisationError) {
      switch self {
      case .epochs(let count) where !(count > 0 && count.isFinite):
        throw RegularisationError("patience must be a positive number of epochs, not \(SettingNumber.plain(count))")
      case .evaluations(let count) where count < 1:
        throw RegularisationError("patience must be at least 1 evaluation, not \(count)")
      default: break
      }
    }
  }

  /// What is watched.
  public let metric: Metric
  /// How long the run may go on without getting better.
  public let patience: Patience
  /// By how much a value must be better than the best one so far to count as better.
  public let minimumImprovement: Double
  /// Whether the weights of the best evaluation are to be taken in the end, and not the last ones.
  public let restoresBest: Bool

  /// Stops when the validation loss has not fallen for so long, and keeps the last weights, unless told otherwise.
  ///
  /// - Throws: ``RegularisationError`` for a patience that is not positive or a negative improvement.
  public init(
    patience: Patience, minimumImprovement: Double = 0, metric: Metric = .validationLoss, restoresBest: Bool = false
  ) throws(RegularisationError) {
    self.metric = metric
    self.patience = patience
    self.minimumImprovement = minimumImprovement
    self.restoresBest = restoresBest
    try requireValid()
  }

  /// What is missing is as in ``init(patience:minimumImprovement:metric:restoresBest:)``.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      patience: values.decode(Patience.self, forKey: .patience),
      minimumImprovement: values.decodeIfPresent(Double.self, forKey: .minimumImprovement) ?? 0,
      metric: values.decodeIfPresent(Metric.self, forKey: .metric) ?? .validationLoss,
      restoresBest: values.decodeIfPresent(Bool.self, forKey: .restoresBest) ?? false)
  }

  /// Checks the settings.
  ///
  /// - Throws: ``RegularisationError`` for one that makes no sense.
  public func requireValid() throws(RegularisationError) {
    try patience.requireValid()
    guard minimumImprovement >= 0, minimumImprovement.isFinite else {
      throw RegularisationError(
        "the least improvement must be 0 or more, not \(SettingNumber.plain(minimumImprovement))")
    }
  }

  /// Whether a record is better than the best, by more than ``minimumImprovement``; one without a number never is.
  public func isBetter(_ record: EvaluationRecord, than best: EvaluationRecord?) -> Bool {
    guard let best else { return metric.value(in: record).map { !$0.isNaN } ?? false }
    return metric.isBetter(record, than: best, by: minimumImprovement)
  }

  /// Whether the run has gone on for as long as the patience without getting better.
  public func shouldStop(_ state: BestEvaluation) -> Bool {
    switch patience {
    // Epochs are quotients of counts: the last digit must not add an evaluation.
    case .epochs(let patience): state.epochsSince >= patience * (1 - 1e-9)
    case .evaluations(let patience): state.evaluationsSince >= patience
    }
  }

  public func requireFit(_ data: Dataset) throws(RegularisationError) { try metric.requireFit(data) }

  public var description: String {
    "patience \(patience) by \(metric.rawValue)"
      + (minimumImprovement > 0 ? ", better by \(SettingNumber.plain(minimumImprovement))" : "")
      + (restoresBest ? ", best restored" : "")
  }
}
