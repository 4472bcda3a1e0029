import BatchTraining

/// How a run comes along on its way to a goal: when it is evaluated next, and whether it is to end.
///
/// Between two evaluations near the goal there are at most 6 % of the updates, so that the crossing is known to better
/// than 3 % by interpolation; far from it, where a crossing cannot hide, there are up to 40 %.
struct GoalCourse {
  /// Why the run is to end; nil while it goes on.
  private(set) var end: GoalOutcome.End?
  /// The number of updates to the goal; nil while it is not met.
  private(set) var stepsToGoal: Double?
  /// The best number of the measure so far.
  private(set) var best: Double?

  private let trial: GoalTrial
  /// What is looked at where there is no goal.
  private let measure: TrainingGoal.Measure
  private var last: (update: Int, number: Double)?
  private var next = 0
  private var gate = 0

  init(_ trial: GoalTrial, measure: TrainingGoal.Measure) {
    self.trial = trial
    self.measure = trial.goal?.measure ?? measure
  }

  /// Whether the run is evaluated after so many updates.
  func isDue(_ update: Int) -> Bool {
    update >= next || update >= trial.mostUpdates || (gate < trial.gates.count && update >= trial.gates[gate].update)
  }

  /// Takes an evaluation.
  ///
  /// Initial weights that meet the goal do not count: the first evaluation after an update does.
  mutating func take(_ record: EvaluationRecord) {
    guard let number = measure.number(record) else { preconditionFailure("an accuracy of values was refused before") }
    let update = record.update
    defer { last = (update, number) }
    if measure.isBetter(number, than: best ?? .nan) { best = number }
    if let goal = trial.goal, goal.isMet(by: number), let last {
      (stepsToGoal, end) = (goal.crossing(from: last, to: (update, number)), .reached)
      return
    }
    while gate < trial.gates.count, update >= trial.gates[gate].update {
      if !measure.isBetter(number, than: trial.gates[gate].value) { end = .behind }
      gate += 1
    }
    if update >= trial.mostUpdates { end = .outOfUpdates }
    next = trial.role == .range ? trial.mostUpdates : max(update + 1, Int(Double(update) * spacing(number)))
  }

  /// By what factor the number of updates grows up to the next evaluation.
  private func spacing(_ number: Double) -> Double {
    // Where the level that is looked for comes later, it lies near the end.
    guard let goal = trial.goal else { return 1.08 }
    let distance = goal.distance(of: number)
    return distance > 0.7 ? 1.4 : distance > 0.2 ? 1.15 : 1.06
  }
}
