import BatchTraining

extension BranchPlan {
  public var problem: String? {
    if let problem = common.problem { return problem }
    guard common.batchSizes.count == 1 else {
      return "branches leave a pilot of one batch size, not of \(common.batchSizes.count)"
    }
    guard common.batchSchedule is FixedBatch else {
      return "the pilot of branches has a fixed batch, not \(common.batchSchedule)"
    }
    guard common.lastBatch == .keep else {
      return "branches see the same examples at every batch size only where short last batches are kept"
    }
    guard common.regularisation.averaging == nil, common.regularisation.earlyStopping == nil else {
      return "branches compare the weights as they are trained; leave averaging and early stopping out"
    }
    guard !rules.isEmpty, Set(rules.map(\.description)).count == rules.count else {
      return "branches have at least one rule for the rate, and each once"
    }
    guard !rules.contains(where: { $0 is LEGW }) else {
      return "LEGW scales a warm-up, and branches have none; take another rule"
    }
    guard tolerance >= 0, tolerance < 1 else { return "a tolerance is a share from 0 to below 1, not \(tolerance)" }
    guard (1...common.exampleCounts[0]).contains(evaluatedCount) else {
      return "there are 1 to \(common.exampleCounts[0]) examples to evaluate on, not \(evaluatedCount)"
    }
    return problemOfBranches
  }

  /// What does not go together of multiples, length and moments; nil for nothing.
  public var problemOfBranches: String? { problemOfMultiples ?? problemOfMoments }

  private var problemOfMultiples: String? {
    guard let largest = multiples.last, multiples.first == 1, multiples == Set(multiples).sorted() else {
      return "multiples are ascending, each once, and the first is 1, not \(multiples)"
    }
    let (batch, count) = (pilotBatch, common.exampleCounts[0])
    let most = count / batch
    guard largest <= most else {
      return most < 1
        ? "the pilot's batch of \(batch) is larger than the training part, which has \(count) examples"
        : "\(largest) times the pilot's batch of \(batch) is more than the training part, which has \(count) examples; "
          + "\(most) is the largest multiple that fits"
    }
    let updates = length / (largest * batch)
    guard updates >= Self.leastUpdates else {
      return "branches of \(length) examples have \(updates) updates at batch \(largest * batch), and need "
        + "\(Self.leastUpdates); give them at least \(Self.leastUpdates * largest * batch), or leave multiples "
        + "above \(max(1, length / batch / Self.leastUpdates)) out"
    }
    return multiples.count > 1
      ? nil
      : "there is nothing to compare with one multiple alone; take smaller batches, longer branches or more epochs"
  }

  private var problemOfMoments: String? {
    guard let total = Self.total(common) else {
      return "\(common.epochs) epochs of \(common.exampleCounts[0]) examples are more than can be counted"
    }
    guard !moments.isEmpty, moments.allSatisfy({ $0 > 0 && $0 < 1 }), moments == Set(moments).sorted() else {
      return "moments are shares of the run above 0 and below 1, ascending and each once, not \(moments)"
    }
    // Before starts, which adds to it.
    guard length <= total else {
      return "branches of \(length) examples are longer than the whole run, which has \(total)"
    }
    let starts = starts.map(\.examples)
    for (index, start) in starts.enumerated().dropFirst() where start == starts[index - 1] {
      return
        "the moments \(moments[index - 1]) and \(moments[index]) are the same update of the pilot; take others, or "
        + "more epochs"
    }
    if let last = starts.last, last > total - length {
      return
        "branches of \(length) examples from the moment \(moments[moments.count - 1]), \(last) examples on, go beyond "
        + "the end of the run, which has \(total); take an earlier moment or shorter branches"
    }
    return nil
  }

  public func fault(in trial: TrialResult<BranchPlan>) -> TrialFault? {
    let outcome = trial.outcome
    guard outcome.parameters >= 0 else { return TrialFault("its end has a count below zero") }
    let starts = starts
    guard outcome.moments.count <= starts.count,
      outcome.pilotDivergedAtUpdate != nil || outcome.moments.count == starts.count
    else { return TrialFault("it has branches of \(outcome.moments.count) moments, and the plan has \(starts.count)") }
    if let update = outcome.pilotDivergedAtUpdate {
      let last = outcome.moments.isEmpty ? 0 : starts[outcome.moments.count - 1].updates
      guard update > last, outcome.moments.count < starts.count else {
        return TrialFault("its pilot diverged at update \(update), after which there are branches")
      }
    }
    let branches = branches
    var index = 0
    for (moment, ends) in outcome.moments.enumerated() {
      guard ends.count == branches.count,
        zip(ends, branches).allSatisfy({ $0.multiple == $1.multiple && $0.rule == $1.rule.description })
      else { return TrialFault("at moment \(moment) it has other branches than the plan") }
      for end in ends {
        let first = index
        if let fault = fault(of: end, moment: moment, start: starts[moment].examples, trial.records, &index) {
          return fault
        }
        let curve = BranchCurve(trial.records[first..<index])
        guard end.divergedAtUpdate != nil ? end.loss == nil : end.loss == curve.end.loss else {
          return TrialFault("the loss of a branch at \(end.multiple) times the batch is not that of its evaluations")
        }
      }
    }
    return index == trial.records.count ? nil : TrialFault(record: index, "it is of no branch that there was")
  }

  /// What is wrong with the records of a branch, of which `index` is the first, and then the first after them.
  private func fault(
    of end: BranchOutcome.End, moment: Int, start: Int, _ records: [BranchRecord], _ index: inout Int
  ) -> TrialFault? {
    guard end.learningRate.isFinite else { return TrialFault("it has a rate that is no number") }
    let all = [(updates: 0, examples: 0)] + evaluations(from: start, multiple: end.multiple)
    if let update = end.divergedAtUpdate, !(1...all[all.count - 1].updates).contains(update) {
      return TrialFault("a branch diverged at update \(update), which it does not have")
    }
    for expected in all where expected.updates < end.divergedAtUpdate ?? .max {
      guard index < records.count else { return TrialFault("it ends before its branches do") }
      let record = records[index]
      guard record.moment == moment, record.multiple == end.multiple, record.rule == end.rule,
        record.update == expected.updates,
        record.examples == expected.examples
      else { return TrialFault(record: index, "it is no evaluation that the branch has here") }
      guard record.loss.isFinite else { return TrialFault(record: index, "its loss is no number") }
      index += 1
    }
    return nil
  }
}
