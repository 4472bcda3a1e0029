/// What the runs of a batch size say of its learning rates.
///
/// The best of several rates with one seed is partly the luckiest, above all where a rate is so high that some seeds get
/// lost. A rate is therefore judged by the mean over its seeds, and by none where one of them did not get to the goal;
/// whichever is best so far is the one to be trained with the next seed.
struct TunedBatch {
  /// A rate and its runs.
  struct Rate {
    /// The rate, with its momentum.
    let point: RateSearch.Point
    /// The runs, in the order in which they were made; the steps are nil where one did not reach the goal.
    var runs: [(seed: UInt64, steps: Double?, updates: Int)]

    /// The mean updates to the goal; nil where a run did not reach it.
    var mean: Double? {
      let steps = runs.compactMap(\.steps)
      return steps.isEmpty || steps.count < runs.count ? nil : steps.reduce(0, +) / Double(steps.count)
    }
  }

  /// The batch size.
  let batch: Int
  /// The rates, in the order in which they were tried.
  let rates: [Rate]

  /// The runs of a batch size among some, those of short runs at ever larger rates left out.
  init<Plan: GoalStudyPlan>(
    _ batch: Int, _ trials: [TrialResult<Plan>], steps: (TrialResult<Plan>) -> Double? = { $0.outcome.stepsToGoal }
  ) {
    self.batch = batch
    var rates: [Rate] = []
    for run in trials where run.trial.batchSize == batch && run.trial.role != .range {
      let point = RateSearch.Point(learningRate: run.trial.learningRate, momentum: run.trial.momentum)
      let entry = (seed: run.trial.seed, steps: steps(run), updates: run.outcome.updates)
      if let index = rates.firstIndex(where: { $0.point == point }) {
        rates[index].runs.append(entry)
      } else {
        rates.append(Rate(point: point, runs: [entry]))
      }
    }
    self.rates = rates
  }

  /// The best rate by its mean over the seeds; nil where none has reached the goal with all of its seeds.
  var best: Rate? { rates.filter { $0.mean != nil }.min { ($0.mean ?? .infinity) < ($1.mean ?? .infinity) } }

  /// The rates as a search sees them.
  var trials: [RateSearch.Trial] { rates.map { RateSearch.Trial($0.point, steps: $0.mean) } }

  /// The best rate, where it is to be trained with another seed until it has had so many.
  func nextSeed(of seeds: [UInt64], count: Int) -> (rate: Rate, seed: UInt64)? {
    guard let best, best.runs.count < min(count, seeds.count) else { return nil }
    return (best, seeds[best.runs.count])
  }

  /// The updates to the goal at the best rate.
  ///
  /// The run of the search, whose steps are the least of several, counts only where there is no other.
  var measurements: [StepsToGoal] {
    guard let best else { return [] }
    return (best.runs.count > 1 ? best.runs.dropFirst() : best.runs[...]).compactMap { run in
      run.steps.map { StepsToGoal(batch: batch, seed: run.seed, steps: $0) }
    }
  }
}
