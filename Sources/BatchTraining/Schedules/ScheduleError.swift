public import BatchFoundation

/// A schedule, of the learning rate or of the batch size, that cannot be read or makes no sense.
public enum ScheduleError: DiagnosticError, Equatable {
  /// The text is not understood: what is wrong with it, and how it is written.
  case unreadable(text: String, reason: String, usage: String)
  /// A setting makes no sense: its name, what it must be, and what it is.
  case senseless(String)

  public var diagnosis: Diagnosis {
    switch self {
    case .unreadable(let text, let reason, let usage):
      Diagnosis(.usage, "cannot read '\(text)': \(reason)", hint: "write \(usage)")
    case .senseless(let reason): Diagnosis(.usage, reason)
    }
  }

  /// What is wrong, without the text in which it stands.
  var reason: String {
    switch self {
    case .unreadable(_, let reason, _): reason
    case .senseless(let reason): reason
    }
  }
}

/// Throws unless a number lies above 0 and is at most 1, as what something shrinks by does.
func requireDecayFactor(_ name: String, _ value: Double) throws(ScheduleError) {
  guard value > 0, value <= 1 else {
    throw .senseless("\(name) must be above 0 and at most 1, not \(SettingNumber.plain(value))")
  }
}

/// Throws unless a number is a share, from 0 to 1.
func requireShare(_ name: String, _ value: Double) throws(ScheduleError) {
  guard value >= 0, value <= 1 else {
    throw .senseless("\(name) must be from 0 to 1, as a share of the base rate, not \(SettingNumber.plain(value))")
  }
}

/// Throws unless there are milestones and each comes after the one before.
func requireMilestones(_ milestones: [TrainingLength]) throws(ScheduleError) {
  guard !milestones.isEmpty else { throw .senseless("there must be at least one milestone") }
  for milestone in milestones { try milestone.require("a milestone") }
  for (earlier, later) in zip(milestones, milestones.dropFirst()) {
    switch (earlier, later) {
    case (.epochs(let a), .epochs(let b)) where a < b: break
    case (.percent(let a), .percent(let b)) where a < b: break
    case (.epochs, .percent), (.percent, .epochs):
      throw .senseless("milestones must be all epochs or all shares, not \(earlier) and \(later)")
    default: throw .senseless("milestones must ascend, and \(later) comes after \(earlier)")
    }
  }
}
