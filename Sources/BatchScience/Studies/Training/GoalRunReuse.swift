/// Which finished runs to a goal are taken for another that differs from them in its limits alone.
///
/// Limits follow from step times, from the effort and from other runs. The same run has the same course whatever they are,
/// up to where they end it.
extension GoalStudyPlan {
  /// Whether a finished run shows all that one with other limits would.
  ///
  /// It does where its own limits did not end it, and where they ended it no sooner than the other's would. Without a goal a
  /// run ends with its updates, and what it shows hangs on their number.
  public func isAnswered(_ trial: GoalTrial, by result: TrialResult<Self>) -> Bool {
    if result.trial == trial { return true }
    var same = result.trial
    (same.mostUpdates, same.gates) = (trial.mostUpdates, trial.gates)
    guard same == trial, let goal = trial.goal else { return false }
    switch result.outcome.end {
    case .reached, .diverged: return true
    case .outOfUpdates, .behind:
      return trial.mostUpdates <= result.outcome.updates
        || trial.gates.contains { gate in
          let number = result.records.first { $0.update >= gate.update }.flatMap(goal.measure.number)
          return number.map { !goal.measure.isBetter($0, than: gate.value) } ?? false
        }
    }
  }
}
