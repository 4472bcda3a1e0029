import Glibc

/// How many updates one run took to the goal, at the best learning rate of its batch.
public struct StepsToGoal: Sendable, Hashable, Codable {
  /// The number of examples of an update.
  public var batch: Int
  /// The run's seed.
  public var seed: UInt64
  /// The updates to the goal, between two evaluations interpolated; more than 0.
  public var steps: Double
  /// Whether the run was stopped before the goal, which then takes more than ``steps``.
  public var isLowerBound: Bool
  /// Whether the run was chosen for its steps, the least of several rates with one seed each, and is partly the luckiest.
  public var isLeastOfSeveral: Bool

  /// The updates of a run, or what it took without getting there.
  public init(
    batch: Int, seed: UInt64, steps: Double, isLowerBound: Bool = false, isLeastOfSeveral: Bool = false
  ) {
    self.batch = batch
    self.seed = seed
    self.steps = steps
    self.isLowerBound = isLowerBound
    self.isLeastOfSeveral = isLeastOfSeveral
  }
}

extension [StepsToGoal] {
  /// The logarithms of the steps of the runs that reached the goal, by batch size ascending, in the order of their
  /// seeds.
  ///
  /// - Throws: ``CostEvidenceError/badSteps(batch:seed:steps:)`` for a batch below 1, or steps that are not above 0 and
  ///   finite, of any run.
  func logStepsByBatch() throws(CostEvidenceError) -> [(batch: Int, logSteps: [Double])] {
    for run in self where run.batch < 1 || !(run.steps > 0 && run.steps.isFinite) {
      throw .badSteps(batch: run.batch, seed: run.seed, steps: run.steps)
    }
    let reached = filter { !$0.isLowerBound }.sorted { ($0.batch, $0.seed, $0.steps) < ($1.batch, $1.seed, $1.steps) }
    var sizes: [(batch: Int, logSteps: [Double])] = []
    for run in reached {
      if sizes.last?.batch != run.batch { sizes.append((run.batch, [])) }
      sizes[sizes.count - 1].logSteps.append(log(run.steps))
    }
    return sizes
  }
}
