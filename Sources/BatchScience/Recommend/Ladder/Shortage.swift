import BatchFoundation

/// Why there is no answer, and what to do.
struct Shortage {
  /// The reason, and after a semicolon the advice.
  let sentence: String
  /// What an answer would rest on least firmly.
  let link: String

  init(_ ladder: EvidenceLadder, _ results: StudyResults<RecommendPlan>) {
    let runs = results.trials.filter { $0.trial.role == .search }
    guard ladder.times != nil else {
      sentence =
        results.lostStepTimes.map { "\($0); gather the evidence again, with the runs that are there" }
        ?? "the steps could not be timed"
      link = "the step times"
      return
    }
    guard !runs.isEmpty else {
      (sentence, link) = (
        "the effort is too small for a single run; allow more of it", "there is no run to the goal"
      )
      return
    }
    let givenRate = ladder.plan.firstRate.map { "the learning rate of \(SettingNumber.plain($0)) that was given" }
    if runs.allSatisfy({ $0.outcome.end == .diverged }) {
      sentence =
        givenRate.map { "every run diverged, at \($0) and about it; leave the learning rate to the search" }
        ?? "every run diverged; try another optimizer, and see whether the data have numbers that are far too large"
      link = "no run came to an end"
      return
    }
    let updates = runs.map(\.outcome.updates).max() ?? 0
    if let givenRate, !runs.contains(where: Self.hasLearnt) {
      sentence =
        "next to nothing is learnt at \(givenRate), nor about it, within \(updates) updates; "
        + (ladder.plan.target.goal == nil ? "allow a larger budget, or " : "") + "leave the learning rate to the search"
      link = "the learning rate: no other than the one given was looked for"
      return
    }
    guard ladder.plan.target.goal != nil else {
      sentence = "the loss hardly falls within \(ladder.plan.target); allow a larger budget"
      link = "the pilot has learnt nothing"
      return
    }
    let advice = Self.advice(ladder, runs)
    let measure = ladder.plan.measure
    let bests = runs.compactMap(\.outcome.best)
    let best = measure == .accuracy ? bests.max() : bests.min()
    sentence =
      "no run reached \(ladder.plan.target) within \(updates) updates of \(ladder.pilotBatch) examples"
      + (best.map { "; the best had \(measure.rawValue) \(SettingNumber.plain(Self.rounded($0)))" } ?? "")
      + "; \(advice)"
    link = "no run has reached the goal"
  }

  /// What may help a run to the goal: more of what ended it.
  private static func advice(_ ladder: EvidenceLadder, _ runs: [TrialResult<RecommendPlan>]) -> String {
    let plan = ladder.plan
    let longest = runs.map(\.trial.mostUpdates).max() ?? 0
    var ways = ["choose a goal that is nearer"]
    if longest >= ladder.mostUpdates(ladder.pilotBatch) {
      ways.append("allow more epochs")
    } else if plan.effort != .hours {
      ways.append("allow more effort")
    }
    if plan.firstRate != nil { ways.append("leave the learning rate to the search") }
    return ways.count < 3
      ? ways.joined(separator: ", or ") : ways.dropLast().joined(separator: ", ") + ", or \(ways[ways.count - 1])"
  }

  /// Whether a run ever had clearly less loss than it began with.
  private static func hasLearnt(_ run: TrialResult<RecommendPlan>) -> Bool {
    guard let first = run.records.first?.validationLoss else { return false }
    return run.records.contains { $0.validationLoss < EvidenceLadder.learntShare * first }
  }

  private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
