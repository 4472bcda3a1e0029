/// Any of this library's schedules of the learning rate, as text: `cosine`, `step:30:0.1`, `warm-up:5:1/8:cosine`.
///
/// | text | schedule |
/// |---|---|
/// | `constant` | ``ConstantSchedule`` |
/// | `step:EPOCHS:FACTOR` | ``StepDecay`` |
/// | `multi-step:EPOCHS,EPOCHS,...:FACTOR` | ``MultiStepDecay`` |
/// | `cosine[:END]` | ``CosineDecay`` |
/// | `polynomial:POWER[:END]` | ``PolynomialDecay`` |
/// | `exponential:FACTOR` | ``ExponentialDecay`` |
/// | `one-cycle[:PEAK[:START[:END[:SHAPE]]]]` | ``OneCycle`` |
/// | `warm-up:LENGTH:START:SCHEDULE` | ``WarmUp`` in front of any of them |
///
/// EPOCHS, PEAK and LENGTH are each a ``TrainingLength``, such as `5` or `5%`. START and END are shares of the base
/// rate, such as `0.01` or `1/8`. Two texts are equal when they mean the same: `warm-up:5:0.125:cosine` is
/// `warm-up:5:1/8:cosine`.
public struct ScheduleText: LearningRateSchedule, TextCoded {
  /// The schedule that the text means.
  public let schedule: any LearningRateSchedule

  /// The rate as it is.
  public static let constant = ScheduleText(schedule: ConstantSchedule())

  private init(schedule: any LearningRateSchedule) { self.schedule = schedule }

  /// Whether it begins with a warm-up of its own.
  public var warmsUp: Bool { schedule is WarmUp<ScheduleText> }

  /// This schedule behind a warm-up; see ``WarmUp``.
  ///
  /// - Throws: ``ScheduleError`` for a negative length, or a start outside 0 < a ≤ 1.
  public func warmedUp(over length: TrainingLength, from start: Double) throws(ScheduleError) -> ScheduleText {
    ScheduleText(schedule: try WarmUp(over: length, from: start, then: self))
  }

  /// Reads the text of a schedule.
  ///
  /// - Throws: ``ScheduleError/unreadable(text:reason:usage:)`` that says what is not understood and how it is written.
  public init(_ text: String) throws(ScheduleError) {
    var fields = SettingFields(text)
    guard let kind = Kind(rawValue: fields.name) else {
      throw .unreadable(
        text: text, reason: "'\(fields.name)' is no schedule",
        usage: "one of " + Kind.allCases.map(\.rawValue).joined(separator: ", ") + ", as in cosine or step:30:0.1")
    }
    do {
      schedule = try kind.read(&fields)
      try fields.requireEnd()
    } catch .senseless(let reason) {
      throw .unreadable(text: text, reason: reason, usage: kind.usage)
    }
  }

  public func factor(at position: TrainingPosition) -> Double { schedule.factor(at: position) }

  public var description: String { schedule.description }

  public static func == (a: ScheduleText, b: ScheduleText) -> Bool { a.description == b.description }

  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

private enum Kind: String, CaseIterable {
  case constant
  case step
  case multiStep = "multi-step"
  case cosine
  case polynomial
  case exponential
  case oneCycle = "one-cycle"
  case warmUp = "warm-up"

  var usage: String {
    switch self {
    case .constant: "constant"
    case .step: StepDecay.usage
    case .multiStep: MultiStepDecay.usage
    case .cosine: CosineDecay.usage
    case .polynomial: PolynomialDecay.usage
    case .exponential: ExponentialDecay.usage
    case .oneCycle: OneCycle.usage
    case .warmUp: WarmUp<ScheduleText>.usage
    }
  }

  func read(_ fields: inout SettingFields) throws(ScheduleError) -> any LearningRateSchedule {
    switch self {
    case .constant: ConstantSchedule()
    case .step: try StepDecay(&fields)
    case .multiStep: try MultiStepDecay(&fields)
    case .cosine: try CosineDecay(&fields)
    case .polynomial: try PolynomialDecay(&fields)
    case .exponential: try ExponentialDecay(&fields)
    case .oneCycle: try OneCycle(&fields)
    case .warmUp: try WarmUp<ScheduleText>(&fields)
    }
  }
}
