import BatchFoundation
import Glibc

/// The branches of one pilot, taken from the lines of its trial.
struct BranchedPilot {
  /// A branch: how it ended, and its losses on the way.
  struct Branch {
    let end: BranchOutcome.End
    let curve: BranchCurve
  }

  let seed: UInt64
  /// The branches of each moment that the pilot came to, in the plan's order.
  let moments: [[Branch]]

  init(_ trial: TrialResult<BranchPlan>) {
    struct Key: Hashable {
      let moment: Int, multiple: Int, rule: String
    }
    seed = trial.trial.seed
    let records = Dictionary(grouping: trial.records) {
      Key(moment: $0.moment, multiple: $0.multiple, rule: $0.rule)
    }
    moments = trial.outcome.moments.enumerated().map { moment, ends in
      ends.map { end in
        let key = Key(moment: moment, multiple: end.multiple, rule: end.rule)
        return Branch(end: end, curve: BranchCurve(records[key] ?? []))
      }
    }
  }

  /// Of each multiple the branches by the rule with the least mean loss over the seeds; of rules that diverged with some
  /// seed those that did with fewest.
  static func best(
    _ seeds: [(seed: UInt64, branches: [Branch])]
  ) -> [(seed: UInt64, branches: [Branch])] {
    guard let first = seeds.first?.branches else { return seeds }
    var best: [(multiple: Int, index: Int, diverged: Int, loss: Double)] = []
    for (index, branch) in first.enumerated() {
      let losses = seeds.compactMap { $0.branches[index].end.loss }
      let found = (
        multiple: branch.end.multiple, index: index, diverged: seeds.count - losses.count, loss: Sample(losses).mean
      )
      if let last = best.last, last.multiple == found.multiple {
        if (found.diverged, found.loss) < (last.diverged, last.loss) { best[best.count - 1] = found }
      } else {
        best.append(found)
      }
    }
    return seeds.map { seed in (seed.seed, best.map { seed.branches[$0.index] }) }
  }

  /// The largest multiple whose loss lies no more than the tolerance's share above the least of smaller ones (Merrill and
  /// others 2025); 1, which has none to be held against, at least.
  static func largestMultiple(_ branches: [Branch], tolerance: Double) -> Int {
    var (least, largest) = (Double.infinity, 1)
    for branch in branches {
      guard let loss = branch.end.loss else { continue }
      if loss <= least + tolerance * abs(least) { largest = max(largest, branch.end.multiple) }
      least = min(least, loss)
    }
    return largest
  }
}

extension BranchAnalysis.Moment {
  /// A moment from its branches with each of some seeds, at least one.
  init(_ all: [(seed: UInt64, branches: [BranchedPilot.Branch])], _ plan: BranchPlan, update: Int, epoch: Double) {
    let batch = plan.pilotBatch
    let seeds = BranchedPilot.best(all)
    (self.update, self.epoch, batchSize) = (update, epoch, batch)
    let base = seeds.compactMap { $0.branches.first }.filter { $0.end.loss != nil }
    losses = (
      Sample(seeds.compactMap { $0.branches.first?.curve.points.first?.loss }), Sample(base.compactMap(\.end.loss))
    )
    // A pilot that diverges at its own batch size says nothing of larger ones.
    largestMultiples = Dictionary(
      seeds.filter { $0.branches.first?.end.loss != nil }.map {
        ($0.seed, BranchedPilot.largestMultiple($0.branches, tolerance: plan.tolerance))
      }
    ) { first, _ in first }
    let shares = Self.shares(seeds.map(\.branches), multiples: plan.multiples)
    branches = plan.multiples.enumerated().map { index, multiple in
      let branches = seeds.map { (seed: $0.seed, end: $0.branches[index].end) }
      return BranchAnalysis.Branch(
        multiple: multiple, batchSize: multiple * batch, rule: branches.first?.end.rule ?? "",
        learningRate: branches.first?.end.learningRate ?? .nan,
        losses: Dictionary(branches.compactMap { branch in branch.end.loss.map { (branch.seed, $0) } }) { first, _ in
          first
        }, divergedCount: branches.count { $0.end.loss == nil }, progress: multiple == 1 ? 1 : shares[multiple],
        isFitted: shares[multiple].map { Self.isFitted(multiple, $0) } ?? false)
    }
    let curve = BranchCurve(meanOf: base.map(\.curve))
    let gain = curve?.gain ?? 0
    toleranceShare = gain > 0 ? plan.tolerance * abs(losses.after.mean) / gain : nil
    guard curve?.isClear == true else {
      progressCriticalBatch = .unknown("the loss falls by no more than it goes up and down by itself")
      evidence = nil
      return
    }
    guard let fit = Self.fit(shares) else {
      progressCriticalBatch = .unknown("no larger batch makes as much progress an update as the pilot's")
      evidence = nil
      return
    }
    let spread = Self.seedError(seeds.map(\.branches), multiples: plan.multiples)
    evidence = BranchAnalysis.Evidence(
      logRatio: fit.logRatio, errors: (fit.error ?? 0, spread?.error ?? 0),
      isTold: !fit.isAtTop && !fit.isAtBottom, isAbove: fit.isAtTop)
    let size = Double(batch)
    let value = size * exp(fit.logRatio)
    if fit.isAtTop {
      progressCriticalBatch = .above(size * exp(fit.range.upperBound))
    } else if fit.isAtBottom {
      progressCriticalBatch = .below(size * exp(fit.range.lowerBound))
    } else if let spread {
      let half = hypot(spread.quantile * spread.error, 1.96 * (fit.error ?? 0))
      let told = size * exp(fit.range.lowerBound)...size * exp(fit.range.upperBound)
      // Of what lies beyond, the multiples tell nothing.
      let low = max(told.lowerBound, value * exp(-half))
      let high = min(told.upperBound, value * exp(half))
      progressCriticalBatch =
        low > told.lowerBound || high < told.upperBound
        ? .known(value, interval: low...high)
        : .unknown("seeds and multiples scatter by more than these sizes could tell")
    } else {
      progressCriticalBatch = .known(value, interval: nil)
    }
  }

  /// The share of progress of each multiple above 1, from the mean losses of the seeds.
  ///
  /// Readings of single seeds scatter much more, and not to both sides alike. Multiples that diverged with a seed have
  /// none.
  private static func shares(_ seeds: [[BranchedPilot.Branch]], multiples: [Int]) -> [Int: Double] {
    func mean(_ index: Int) -> BranchCurve? {
      seeds.allSatisfy { $0[index].end.loss != nil } ? BranchCurve(meanOf: seeds.map { $0[index].curve }) : nil
    }
    guard let base = mean(0) else { return [:] }
    var shares: [Int: Double] = [:]
    for (index, multiple) in multiples.enumerated().dropFirst() {
      shares[multiple] = mean(index).flatMap { base.progress(of: $0) }
    }
    return shares
  }

  private static func isFitted(_ multiple: Int, _ share: Double) -> Bool { share * Double(multiple) >= 1 }

  private static func fit(_ shares: [Int: Double]) -> ProgressFit? {
    ProgressFit(
      shares.sorted { $0.key < $1.key }.filter { isFitted($0.key, $0.value) }.map { (Double($0.key), $0.value) })
  }

  /// The standard error of ln(B_c/B) by leaving out each seed in turn (jackknife), and the quantile of Student's t that
  /// goes with it; nil for one seed, or where most cannot be left out.
  private static func seedError(
    _ seeds: [[BranchedPilot.Branch]], multiples: [Int]
  ) -> (error: Double, quantile: Double)? {
    guard seeds.count > 1 else { return nil }
    let values = seeds.indices.compactMap { index in
      var others = seeds
      others.remove(at: index)
      return fit(shares(others, multiples: multiples))?.logRatio
    }
    guard values.count > 1, let variance = Sample(values).variance else { return nil }
    let count = Double(values.count)
    let squares = variance * (count - 1) * (count - 1) / count
    return (squares.squareRoot(), StudentT.quantile975(degreesOfFreedom: values.count - 1))
  }
}
