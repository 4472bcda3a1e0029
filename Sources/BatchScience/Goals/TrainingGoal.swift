public import BatchFoundation
public import BatchTraining
import Glibc

/// What a training is to reach: a loss no higher than so much, or an accuracy no lower.
///
/// As text `training-loss:0.15`, `validation-loss:0.35`, `accuracy:95%` or `accuracy:0.95`.
public struct TrainingGoal: TextCoded {
  /// What is looked at.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// The loss over the part of the training examples on which runs are evaluated, as large as the validation part.
    case trainingLoss = "training-loss"
    /// The loss over the validation part.
    case validationLoss = "validation-loss"
    /// The share of the validation examples predicted right.
    case accuracy

    /// The number that an evaluation has of it; nil for an accuracy where targets are values.
    public func number(_ record: EvaluationRecord) -> Double? {
      switch self {
      case .trainingLoss: record.trainingLoss
      case .validationLoss: record.validationLoss
      case .accuracy: record.validationAccuracy
      }
    }

    /// Whether a number of it is better than another; NaN is worse than any.
    func isBetter(_ number: Double, than other: Double) -> Bool {
      if number.isNaN || other.isNaN { return other.isNaN && !number.isNaN }
      return self == .accuracy ? number > other : number < other
    }
  }

  /// What is looked at.
  public let measure: Measure
  /// The loss, above 0, or the accuracy, above 0 and at most 1.
  public let value: Double

  /// A goal.
  ///
  /// - Throws: ``GoalError/value(_:)`` for a loss or an accuracy that cannot be.
  public init(_ measure: Measure, _ value: Double) throws(GoalError) {
    guard value > 0, value.isFinite, measure != .accuracy || value <= 1 else {
      throw .value("\(measure.rawValue):\(SettingNumber.plain(value))")
    }
    self.measure = measure
    self.value = value
  }

  /// Reads `accuracy:95%`.
  ///
  /// - Throws: ``GoalError``.
  public init(_ text: String) throws(GoalError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let measure = Measure(rawValue: String(parts[0])) else { throw .unreadable(text) }
    var number = parts[1]
    let isPercent = measure == .accuracy && number.hasSuffix("%")
    if isPercent { number.removeLast() }
    guard let value = Double(number) else { throw .unreadable(text) }
    do {
      try self.init(measure, isPercent ? value / 100 : value)
    } catch {
      throw .value(text)
    }
  }

  public var description: String { "\(measure.rawValue):\(SettingNumber.plain(value))" }

  /// Whether a number of its measure meets the goal.
  public func isMet(by number: Double) -> Bool { measure == .accuracy ? number >= value : number <= value }

  /// How far a number is from the goal: the logarithm of the loss over the goal's, or of the errors; 0 where it is met,
  /// infinite for NaN.
  ///
  /// Half a percent is added to errors, since an accuracy of 100 % has none.
  func distance(of number: Double) -> Double {
    guard number.isFinite else { return .infinity }
    let ratio =
      measure == .accuracy ? (1 - number + Self.leastError) / (1 - value + Self.leastError) : number / value
    return ratio > 0 ? max(0, Glibc.log(ratio)) : 0
  }

  /// After how many updates the goal was met, on the straight line between an evaluation before and one after.
  func crossing(from before: (update: Int, number: Double), to after: (update: Int, number: Double)) -> Double {
    let share = (before.number - value) / (before.number - after.number)
    guard share > 0, share <= 1 else { return Double(after.update) }
    return Double(before.update) + share * Double(after.update - before.update)
  }

  /// After how many updates the evaluations of a run have met the goal; nil where they have not.
  func crossing(in records: [EvaluationRecord]) -> Double? {
    var last: (update: Int, number: Double)?
    for record in records {
      guard let number = measure.number(record) else { return nil }
      if isMet(by: number) {
        return last.map { crossing(from: $0, to: (record.update, number)) }
      }
      last = (record.update, number)
    }
    return nil
  }

  private static var leastError: Double { 0.005 }
}

/// What is wrong with a goal.
public enum GoalError: DiagnosticError, Hashable {
  /// A text that names no goal.
  case unreadable(String)
  /// A loss or an accuracy that cannot be.
  case value(String)
  /// A text that names no budget.
  case budget(String)
  /// An accuracy where targets are values.
  case noAccuracy
  /// The weights that training begins with meet the goal already.
  case metAtTheStart(TrainingGoal, value: Double)

  public var diagnosis: Diagnosis {
    switch self {
    case .unreadable(let text):
      Diagnosis(
        .usage, "'\(text.visible)' is no goal",
        hint: "write training-loss:0.15, validation-loss:0.35 or accuracy:95%")
    case .value(let text):
      Diagnosis(
        .usage, "'\(text.visible)' cannot be reached",
        hint: "a loss is a number above 0, an accuracy above 0 and at most 100 %")
    case .budget(let text):
      Diagnosis(.usage, "'\(text.visible)' is no budget", hint: "write 60s, 10epochs or 1000000examples")
    case .noAccuracy:
      Diagnosis(
        .usage, "an accuracy is of classes, and the targets are values",
        hint: "give a loss as the goal, as validation-loss:0.35")
    case .metAtTheStart(let goal, let value):
      Diagnosis(
        .usage,
        "the goal \(goal) is met before the first update, with \(SettingNumber.plain(value)); there is nothing to train",
        hint: "give a goal beyond what the initial weights do")
    }
  }
}
