/// What the runs of a batch size say of its learning rates.
///
/// The best of several rates with one seed is partly the luckiest, above all where a rate is so high that some seeds get
/// lost. A rate is therefore judged by its mean over the seeds, restarts included; whichever is best so far is the one to
/// be trained with the next seed, and others that are close, or were given up before they were as slow, have theirs, too.
struct TunedBatch {
  /// A run of a rate.
  struct Run {
    /// The seed.
    var seed: UInt64
    /// The updates to the goal; nil where it was not reached.
    var steps: Double?
    /// The updates that were made.
    var updates: Int
    /// The updates that it was allowed, of a run of the search that did not get there within them; nil for others.
    ///
    /// That it got lost is not known: such a run counts for nothing but that its rate takes longer.
    var allowance: Int?
  }

  /// A rate and its runs.
  struct Rate {
    /// The rate, with its momentum.
    let point: RateSearch.Point
    /// The updates of an epoch.
    var updatesPerEpoch = 1
    /// The runs, in the order in which they were made.
    var runs: [Run]

    /// The mean updates to the goal, restarts included; nil where no run reached it.
    var mean: Double? {
      let courses = TunedBatch.courses(runs)
      return courses.isEmpty ? nil : courses.reduce(0) { $0 + $1.steps } / Double(courses.count)
    }

    /// The mean as that of the highest rate that gets there is judged, above which runs get lost, and with which they may.
    ///
    /// As if four runs more had reached the goal and a quarter of one, three times as long, had not. So a rate at the edge of
    /// what trains is taken where it is faster by a seventh with one seed, or a tenth with three, and not by a hair.
    var cautiousMean: Double? {
      guard let mean, let typical else { return nil }
      let (count, added) = (Double(runs.count { $0.steps != nil }), Self.runsOfCaution)
      return (count * mean + added * typical * (1 + 3.0 / 16)) / (count + added)
    }

    private static var runsOfCaution: Double { 4 }

    /// The mean updates of the runs that reached the goal; nil where none did.
    private var typical: Double? {
      let reached = runs.compactMap(\.steps)
      return reached.isEmpty ? nil : reached.reduce(0, +) / Double(reached.count)
    }

    /// The updates after which a further run is given up: three times the mean of those that got there, in the first epoch
    /// thirty times; nil where none did.
    ///
    /// A goal that is met within a few updates is met by luck, and giving up at once would look like a way to have it.
    var mostUpdates: Int? {
      typical.map { TunedBatch.limit(max(3 * $0, min(Double(updatesPerEpoch), 30 * $0))) }
    }
  }

  /// The batch size.
  let batch: Int
  /// The rates, in the order in which they were tried.
  let rates: [Rate]

  /// The runs of a batch size among some, those of short runs at ever larger rates left out.
  init<Plan: GoalStudyPlan>(
    _ batch: Int, _ trials: [TrialResult<Plan>], of plan: SweepPlan,
    steps: (TrialResult<Plan>) -> Double? = { $0.outcome.stepsToGoal }
  ) {
    self.batch = batch
    let updatesPerEpoch = max(1, (plan.exampleCounts.first ?? 0) / batch)
    var rates: [Rate] = []
    for run in trials where run.trial.batchSize == batch && run.trial.role != .range {
      let point = RateSearch.Point(learningRate: run.trial.learningRate, momentum: run.trial.momentum)
      let steps = steps(run)
      let wasRaced = run.trial.role == .search && steps == nil && run.outcome.end != .diverged
      let entry = Run(
        seed: run.trial.seed, steps: steps, updates: run.outcome.updates,
        allowance: wasRaced ? run.trial.mostUpdates : nil)
      if let index = rates.firstIndex(where: { $0.point == point }) {
        rates[index].runs.append(entry)
      } else {
        rates.append(Rate(point: point, updatesPerEpoch: updatesPerEpoch, runs: [entry]))
      }
    }
    self.rates = rates
  }

  /// Ways to the goal: a run that reached it, and before it those that did not, whose updates count as well.
  ///
  /// Whoever trains with a seed that gets lost gives it up and takes the next. The mean of the ways is all updates over
  /// the number of runs that reached the goal, the expected running time of Auger & Hansen 2005 (*Performance evaluation
  /// of an advanced local search evolutionary algorithm*, IEEE CEC, §3). Runs at the end that got lost go before the
  /// first.
  static func courses(_ runs: [Run]) -> [(seed: UInt64, steps: Double)] {
    var courses: [(seed: UInt64, steps: Double)] = []
    var lost = 0.0
    for run in runs where run.allowance == nil {
      if let steps = run.steps {
        courses.append((run.seed, lost + steps))
        lost = 0
      } else {
        lost += Double(run.updates)
      }
    }
    if !courses.isEmpty { courses[0].steps += lost }
    return courses
  }

  /// The best rate by its mean; nil where no run has reached the goal.
  var best: Rate? {
    zip(rates, trials).filter { $1.steps != nil }.min { $0.1.steps ?? .infinity < $1.1.steps ?? .infinity }?.0
  }

  /// The rates as a search sees them: by their means, the highest that gets there with caution.
  var trials: [RateSearch.Trial] {
    let edge = rates.filter { $0.mean != nil }.map(\.point.learningRate).max()
    return rates.map { rate in
      RateSearch.Trial(rate.point, steps: rate.point.learningRate == edge ? rate.cautiousMean : rate.mean)
    }
  }

  /// The rate that is to be trained with another seed, and the updates after which that run is given up; nil where the best
  /// has had all seeds.
  ///
  /// Rates about as fast have up to `close` seeds, so that it is not one run that tells them apart.
  func nextSeed(of seeds: [UInt64], close: Int) -> (point: RateSearch.Point, seed: UInt64, mostUpdates: Int)? {
    guard let best, let mean = best.mean, let most = best.mostUpdates else { return nil }
    func next(_ rate: Rate, _ count: Int) -> (RateSearch.Point, UInt64, Int)? {
      // The first seed is the search's.
      let seed = seeds.prefix(count).dropFirst().first { seed in !rate.runs.contains { $0.seed == seed } }
      return seed.map { (rate.point, $0, max(most, rate.mostUpdates ?? 0)) }
    }
    // By now the best has turned out slower than these were allowed to be.
    let early = rates.first { rate in
      !rate.runs.isEmpty && rate.runs.allSatisfy { $0.allowance.map { Double($0) < mean } ?? false }
    }
    if let early, let run = next(early, 2) { return run }
    for rate in rates where rate.mean.map({ $0 <= Self.closeness * mean }) ?? false {
      if rate.runs.count < min(close, best.runs.count), let run = next(rate, close) { return run }
    }
    return next(best, seeds.count)
  }

  /// So many updates as the most that a run makes: at least 8, which are soon made, and a number that an `Int` holds.
  static func limit(_ updates: Double, atLeast least: Double = 8) -> Int { Int(min(1e15, max(least, updates))) }

  /// By what factor the mean of a rate that is close to the best is above it at most.
  private static var closeness: Double { 1.25 }

  /// The runs with the best rate that count: that of the search, whose steps are the least of several, only where no
  /// other reached the goal.
  var counted: [Run] {
    guard let runs = best?.runs else { return [] }
    return runs.dropFirst().contains { $0.steps != nil } ? Array(runs.dropFirst()) : runs
  }

  /// The updates to the goal at the best rate, restarts included.
  var measurements: [StepsToGoal] {
    var measured = Self.measurements(counted, batch: batch)
    // The run of the search alone was chosen among others.
    if measured.count == 1, best?.runs.count == 1, rates.count > 1 { measured[0].isLeastOfSeveral = true }
    return measured
  }

  /// The updates to the goal of some runs, restarts included.
  static func measurements(_ runs: [Run], batch: Int) -> [StepsToGoal] {
    courses(runs).map { StepsToGoal(batch: batch, seed: $0.seed, steps: $0.steps) }
  }
}
