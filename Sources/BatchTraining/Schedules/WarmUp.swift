import BatchFoundation

/// A gradual warm-up in front of another schedule; `warm-up:LENGTH:START:SCHEDULE` as text, as `warm-up:5:1/8:cosine`.
///
/// While the warm-up lasts, the wrapped schedule's factor is multiplied by a + (1 − a)·x, with the share x of the
/// warm-up that is done: from a times the rate to the rate, on a straight line. The clock of the wrapped schedule runs
/// from the start of training, not from the end of the warm-up: its milestones stay where they are, and a training with
/// a warm-up is no longer than one without. PyTorch's `LinearLR` chained with another scheduler does the same. A
/// schedule that falls from its start, as a cosine does, has fallen by the time the warm-up ends, so that the full rate is
/// never reached; ``OneCycle`` rises to it and falls from there.
///
/// For a batch that is k times the base batch, Goyal et al. (2017, §2.2) start at the base batch's rate, a = 1/k, and
/// take 5 epochs; Masters & Luschi (2018) start at a = 1/32 and take 5 % of the training.
public struct WarmUp: LearningRateSchedule {
  /// How long it lasts; nothing at all with 0.
  public let length: TrainingLength
  /// The start a, as a share of the wrapped schedule's rate.
  public let start: Double
  /// The schedule behind it.
  public let schedule: any LearningRateSchedule
  /// How many warm-ups follow one another, this one counted.
  private let depth: Int

  /// The most warm-ups that may stand in front of one another: every update of the rate goes through all of them.
  public static var mostInARow: Int { 16 }

  static func tooMany(_ count: Int) -> String {
    "\(count) warm-ups stand in front of one another, and \(mostInARow) are the most"
  }

  /// A warm-up in front of a schedule.
  ///
  /// - Throws: ``ScheduleError`` for a negative length, a start outside 0 < a ≤ 1, or more than ``mostInARow`` warm-ups.
  public init(
    over length: TrainingLength, from start: Double, then schedule: any LearningRateSchedule
  ) throws(ScheduleError) {
    try length.require("the length of the warm-up", allowsZero: true)
    try requireDecayFactor("the start of the warm-up", start)
    depth = 1 + ((schedule as? WarmUp)?.depth ?? 0)
    guard depth <= Self.mostInARow else { throw .senseless(Self.tooMany(depth)) }
    self.length = length
    self.start = start
    self.schedule = schedule
  }

  public func factor(at position: TrainingPosition) -> Double {
    let whole = length.exampleCount(at: position)
    let seen = Double(position.examples)
    let ramp = seen < whole ? start + (1 - start) * seen / whole : 1
    return ramp * schedule.factor(at: position)
  }

  public var warmsUp: Bool { true }

  public var description: String { "warm-up:\(length):\(SettingNumber.share(start)):\(schedule)" }
}

extension WarmUp {
  static var usage: String { "warm-up:LENGTH:START:SCHEDULE, as in warm-up:5:1/8:cosine or warm-up:5%:1/32:constant" }

  init(_ fields: inout SettingFields) throws(ScheduleError) {
    let length = try fields.length("the length of the warm-up")
    let start = try fields.number("the start of the warm-up")
    try self.init(
      over: length, from: start, then: ScheduleCodec.read(fields.remainder("the schedule after the warm-up")))
  }
}
