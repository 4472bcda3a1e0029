public import BatchFoundation

/// What a recommendation is for: a goal that is to be reached soon, or a budget of which the most is to be made.
///
/// As text a goal, `accuracy:95%`, or a budget: `60s`, `10epochs`, `1000000examples`.
public enum RecommendationTarget: TextCoded {
  /// A loss or an accuracy that is to be reached.
  case goal(TrainingGoal)
  /// So many seconds of training.
  case seconds(Double)
  /// So many passes over the training part.
  case epochs(Double)
  /// So many training examples.
  case examples(Double)

  /// Reads a goal or a budget.
  ///
  /// - Throws: ``GoalError``.
  public init(_ text: String) throws(GoalError) {
    if text.contains(":") {
      self = .goal(try TrainingGoal(text))
      return
    }
    func amount(_ unit: String) throws(GoalError) -> Double? {
      guard text.hasSuffix(unit) else { return nil }
      guard let value = Double(text.dropLast(unit.count)), value > 0, value < 1e15 else { throw .budget(text) }
      return value
    }
    if let value = try amount("examples") {
      self = .examples(value)
    } else if let value = try amount("epochs") {
      self = .epochs(value)
    } else if let value = try amount("s") {
      self = .seconds(value)
    } else {
      throw .budget(text)
    }
  }

  public var description: String {
    switch self {
    case .goal(let goal): goal.description
    case .seconds(let value): "\(SettingNumber.plain(value))s"
    case .epochs(let value): "\(SettingNumber.plain(value))epochs"
    case .examples(let value): "\(SettingNumber.plain(value))examples"
    }
  }

  /// The goal; nil for a budget.
  public var goal: TrainingGoal? {
    guard case .goal(let goal) = self else { return nil }
    return goal
  }

  /// What is looked at: of a budget the validation loss.
  var measure: TrainingGoal.Measure { goal?.measure ?? .validationLoss }

  /// The updates at a batch that a budget has, where a step takes so many seconds; nil for a goal.
  public func updates(batch: Int, secondsPerStep: Double, exampleCount: Int) -> Double? {
    switch self {
    case .goal: nil
    case .seconds(let seconds): seconds / secondsPerStep
    case .epochs(let epochs): epochs * Double(exampleCount) / Double(batch)
    case .examples(let examples): examples / Double(batch)
    }
  }
}

/// How far a recommendation goes for its evidence.
///
/// It is counted in seconds of training as the step times foretell them, so that the same evidence is asked for on a busy
/// machine, and never more than some runs to the goal take.
public enum RecommendationEffort: String, Sendable, Hashable, Codable, CaseIterable {
  /// The noise scale of a short pilot alone.
  case seconds
  /// Runs at a few other batch sizes, their rates tuned, and three seeds of the one that is recommended.
  case minutes
  /// The same at more sizes, with five seeds.
  case hours

  /// The seconds of training and evaluation at most.
  public var trainingSeconds: Double {
    switch self {
    case .seconds: 15
    case .minutes: 200
    case .hours: 7200
    }
  }

  /// The seconds in which steps are timed at most.
  var timingSeconds: Double {
    switch self {
    case .seconds: 4
    case .minutes: 12
    case .hours: 60
    }
  }

  /// The share of the training seconds that the first run to the goal may take.
  var pilotShare: Double { self == .seconds ? 0.8 : 0.35 }

  /// How many times what the fastest run took, its evaluations included, all runs together may take.
  var mostRuns: Double {
    switch self {
    case .seconds: 4
    case .minutes: 24
    case .hours: 100
    }
  }

  /// The seconds that are granted even where the fastest run took next to none.
  var grantedSeconds: Double { self == .seconds ? 4 : 6 }

  /// The number of batch sizes beside the pilot's at which the rate is tuned at most.
  var otherSizes: Int {
    switch self {
    case .seconds: 0
    case .minutes: 3
    case .hours: 6
    }
  }

  /// The number of seeds with which the chosen batch is trained.
  var seeds: Int {
    switch self {
    case .seconds: 1
    case .minutes: 3
    case .hours: 5
    }
  }

  /// The points of a search for the rate at most.
  var searchPoints: Int { self == .seconds ? 3 : RateSearch.small.mostPoints }
}
