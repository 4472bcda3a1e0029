public import BatchFoundation

/// This library's schedules of the learning rate as text: `cosine`, `step:30:0.1`, `warm-up:5:1/8:cosine`.
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
/// rate, such as `0.01` or `1/8`. What a text means is written in one way: `warm-up:5:0.125:cosine` reads as
/// `warm-up:5:1/8:cosine`.
public enum ScheduleCodec: TextCodec {
  public static func text(_ schedule: any LearningRateSchedule) -> String { schedule.description }

  /// Reads the text of a schedule.
  ///
  /// - Throws: ``ScheduleError/unreadable(text:reason:usage:)`` that says what is not understood and how it is written.
  public static func read(_ text: String) throws(ScheduleError) -> any LearningRateSchedule {
    var fields = SettingFields(text)
    // Before any is read: each reads the text of the one behind it.
    let warmUps = fields.count(of: Kind.warmUp.rawValue)
    guard warmUps <= WarmUp.mostInARow else {
      throw .unreadable(
        text: "\(text.prefix(40))…", reason: WarmUp.tooMany(warmUps), usage: Kind.warmUp.usage)
    }
    guard let kind = Kind(rawValue: fields.name) else {
      throw .unreadable(
        text: text, reason: "'\(fields.name)' is no schedule",
        usage: "one of " + Kind.allCases.map(\.rawValue).joined(separator: ", ") + ", as in cosine or step:30:0.1")
    }
    do {
      let schedule = try kind.read(&fields)
      try fields.requireEnd()
      return schedule
    } catch .senseless(let reason) {
      throw .unreadable(text: text, reason: reason, usage: kind.usage)
    }
  }

  public static func unknown(_ text: String) -> (any LearningRateSchedule)? {
    // Behind a warm-up there is another.
    var last = text[...]
    while last.hasPrefix("\(Kind.warmUp.rawValue):") {
      last = last.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).first ?? ""
    }
    let name = last.prefix { $0 != ":" }
    return name.isEmpty || Kind(rawValue: String(name)) != nil ? nil : UnknownValue(text)
  }
}

extension UnknownValue: LearningRateSchedule {
  public func factor(at position: TrainingPosition) -> Double { fatalError(refusal("schedule")) }
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
    case .warmUp: WarmUp.usage
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
    case .warmUp: try WarmUp(&fields)
    }
  }
}

/// The fields of a setting that is written as text with colons, read from left to right.
struct SettingFields {
  /// The first field, which says what the setting is.
  let name: String
  private var rest: ArraySlice<Substring>

  init(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    name = String(parts[0])
    rest = parts.dropFirst()
  }

  /// How often a field is there, the first counted.
  func count(of field: String) -> Int { (name == field ? 1 : 0) + rest.count { $0 == field } }

  /// Whether all fields are read.
  var isAtEnd: Bool { rest.isEmpty }

  /// Reads a field of any kind.
  mutating func text(_ what: String) throws(ScheduleError) -> Substring {
    guard let field = rest.popFirst() else { throw .senseless("\(what) is missing") }
    return field
  }

  /// Reads a number, or a fraction such as `1/8`.
  mutating func number(_ what: String) throws(ScheduleError) -> Double {
    let field = try text(what)
    guard let number = SettingNumber.read(field) else { throw .senseless("\(what) is no number: '\(field)'") }
    return number
  }

  /// Reads a whole number of at least 1.
  mutating func count(_ what: String) throws(ScheduleError) -> Int {
    let field = try text(what)
    guard let count = Int(field), count > 0 else {
      throw .senseless("\(what) is no whole number of at least 1: '\(field)'")
    }
    return count
  }

  /// Reads a length of training.
  mutating func length(_ what: String) throws(ScheduleError) -> TrainingLength {
    try Self.length(text(what), what)
  }

  /// Reads lengths of training with commas between them.
  mutating func lengths(_ what: String) throws(ScheduleError) -> [TrainingLength] {
    var lengths: [TrainingLength] = []
    for field in try text(what).split(separator: ",", omittingEmptySubsequences: false) {
      lengths.append(try Self.length(field, what))
    }
    return lengths
  }

  /// Takes all fields that are left, as the text of another setting.
  mutating func remainder(_ what: String) throws(ScheduleError) -> String {
    guard !rest.isEmpty else { throw .senseless("\(what) is missing") }
    defer { rest = [] }
    return rest.joined(separator: ":")
  }

  /// Throws when fields are left.
  func requireEnd() throws(ScheduleError) {
    if let field = rest.first { throw .senseless("nothing is expected where '\(field)' stands") }
  }

  private static func length(_ field: Substring, _ what: String) throws(ScheduleError) -> TrainingLength {
    do {
      return try TrainingLength(String(field))
    } catch {
      throw .senseless("\(what) must be epochs or a share of training, as 5 or 5%, not '\(field)'")
    }
  }
}
