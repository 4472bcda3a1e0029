import BatchFoundation
import Glibc

/// What all evidence together says of the updates to the goal at every batch size.
///
/// The evidence is tuned runs, ``StepsToGoal``, and what else was measured of the critical batch,
/// ``CriticalBatchEvidence``. The unknowns are those of a ``StepsCurve``, and the noise σ of ln S over seeds:
/// - ln B_c has a flat prior over all that is plausible, times each evidence.
/// - The sharpness p of the knee has a log-normal prior about 1.14, for tuned runs on small networks have a knee 5 to
///   17 % below the hyperbola's.
/// - σ² has a scaled inverse chi-square prior of 3 degrees of freedom about 0.09², since seeds of small
///   networks scatter by 5 to 30 %. Seeds of the same batch sharpen it;
///   the other distributions, averaged over it, have the tails of Student's t.
/// - ln S_min has a flat prior, and is integrated out in closed form.
/// - The form itself is wrong by about 4 %, as a smooth random function of ln B which seeds share, and each size by 2.5 %
///   for the search of its rate.
///
/// The posterior is exact on a grid of (ln B_c, p, σ), without chains of samples. With runs of a single batch it is of
/// course only the other evidence that tells B_c.
///
/// The least of a search counts with the luck that is in it, 0.85 σ. A stopped run counts by the probability that a run takes more than it did. What stopped runs of one size deviate
/// from the form is taken for independent.
public struct CostPosterior: Sendable {
  /// The runs.
  public let steps: [StepsToGoal]
  /// The evidence on the critical batch from elsewhere.
  public let evidence: [CriticalBatchEvidence]

  private let grid: CostGrid
  private let sizes: SizeMeans
  private let stopped: StoppedRuns
  private let errors: [SizeMeans.Errors]
  /// The cells of the grid that are not out of the question: B_c slowest, σ fastest.
  private let cells: [Cell]

  private struct Cell {
    var critical: Int
    var sharpness: Int
    var noise: Int
    /// The probability; over all cells they add up to 1.
    var probability: Double
  }

  /// The posterior of runs and of other evidence.
  ///
  /// - Throws: ``CostEvidenceError`` where no run reached the goal, a run has steps that cannot be, or evidence is no
  ///   distribution.
  public init(steps: [StepsToGoal], evidence: [CriticalBatchEvidence] = []) throws(CostEvidenceError) {
    let reached = try steps.logStepsByBatch()
    guard !reached.isEmpty else { throw .noSteps(stopped: steps.count) }
    for item in evidence {
      guard item.median > 0, item.median.isFinite, item.logDeviation > 0, item.logDeviation.isFinite else {
        throw .badEvidence(median: item.median, logDeviation: item.logDeviation)
      }
    }
    let chosen = Set(steps.filter { $0.isLeastOfSeveral && !$0.isLowerBound }.map(\.batch))
    let sizes = SizeMeans(reached, chosen: chosen)
    let stopped = StoppedRuns(steps)
    let grid = CostGrid(batches: steps.map(\.batch), evidence: evidence)
    let errors = grid.noise.map(sizes.errors(noise:))
    let cells = Self.cells(grid, sizes, stopped, errors, evidence)
    (self.steps, self.evidence, self.grid, self.sizes) = (steps, evidence, grid, sizes)
    (self.stopped, self.errors, self.cells) = (stopped, errors, cells)
  }

  /// The critical batch B_c in examples.
  ///
  /// Computed by draws whenever it is asked for.
  public var criticalBatch: CredibleEstimate { estimate { $0.logCritical } }

  /// S_min, the updates that ever larger batches approach.
  ///
  /// Computed by draws whenever it is asked for.
  public var minimumSteps: CredibleEstimate { estimate { $0.logMinimum } }

  private func estimate(
    _ logarithm: ((logCritical: Double, logMinimum: Double)) -> Double
  ) -> CredibleEstimate {
    var drawn: [Double] = []
    var generator = RandomStream(seed: 0, name: "posterior")
    Self.forEachDraw(4000, of: cells, &generator) { cell, generator in
      drawn.append(exp(logarithm(Self.parameters(of: cell, grid, sizes, stopped, errors, &generator))))
    }
    return CredibleEstimate(of: drawn)
  }

  /// The number of batch sizes at which a run reached the goal.
  public var sizeCount: Int { sizes.batches.count }

  /// Draws curves; the same count and seed give the same ones.
  ///
  /// They are spread evenly over the posterior and in the order of their critical batches, so that few of them stand
  /// for all.
  public func draws(_ count: Int, seed: UInt64 = 0) -> [StepsCurve] {
    precondition(count >= 1, "\(count) draws")
    var curves: [StepsCurve] = []
    curves.reserveCapacity(count)
    var generator = RandomStream(seed: seed, name: "curves")
    Self.forEachDraw(count, of: cells, &generator) { cell, generator in
      let parameters = Self.parameters(of: cell, grid, sizes, stopped, errors, &generator)
      let sharpness = grid.sharpness[cell.sharpness]
      let rests = zip(errors[cell.noise].means, sizes.logBatches).map { mean, logBatch in
        mean - parameters.logMinimum - StepsCurve.logRise(parameters.logCritical - logBatch, sharpness)
      }
      curves.append(
        StepsCurve(
          logMinimum: parameters.logMinimum, logCritical: parameters.logCritical, sharpness: sharpness,
          deviation: sizes.drawDeviation(rests: rests, errors[cell.noise], &generator),
          noise: grid.noise[cell.noise]))
    }
    return curves
  }

  /// Calls `body` with the cell of each draw, by systematic sampling: as many equal shares of the probability as draws.
  private static func forEachDraw(
    _ count: Int, of cells: [Cell], _ generator: inout RandomStream, _ body: (Cell, inout RandomStream) -> Void
  ) {
    let offset = generator.uniform()
    var (index, below) = (0, 0.0)
    for draw in 0..<count {
      let share = (Double(draw) + offset) / Double(count)
      while index < cells.count - 1, below + cells[index].probability <= share {
        below += cells[index].probability
        index += 1
      }
      body(cells[index], &generator)
    }
  }

  /// Draws ln B_c within its cell, and ln S_min there.
  private static func parameters(
    of cell: Cell, _ grid: CostGrid, _ sizes: SizeMeans, _ stopped: StoppedRuns, _ errors: [SizeMeans.Errors],
    _ generator: inout RandomStream
  ) -> (logCritical: Double, logMinimum: Double) {
    let within = grid.spacing * (generator.uniform() - 0.5)
    let logCritical = grid.logCritical[cell.critical] + within
    let sharpness = grid.sharpness[cell.sharpness]
    let errors = errors[cell.noise]
    // S_min moves with B_c, so that what was measured stays where it is.
    let rises = sizes.logBatches.map { StepsCurve.logRise(logCritical - $0, sharpness) }
    let center = sizes.fit(rises, errors).center
    guard !stopped.isEmpty else { return (logCritical, center + errors.deviation * generator.normal()) }
    let minimum = stopped.draw(
      rises: stopped.logBatches.map { StepsCurve.logRise(logCritical - $0, sharpness) }, center: center,
      deviation: errors.deviation, noise: Self.spread(errors.noise), share: generator.uniform(),
      jitter: generator.uniform())
    return (logCritical, minimum)
  }

  /// The deviation of one run about the form.
  private static func spread(_ noise: Double) -> Double {
    hypot(noise, hypot(SizeMeans.formDeviation, SizeMeans.searchDeviation))
  }

  /// A cell of less than this, in relation to the likeliest, is drawn once in a blue moon.
  private static var leastProbability: Double { 1e-7 }

  private static func cells(
    _ grid: CostGrid, _ sizes: SizeMeans, _ stopped: StoppedRuns, _ errors: [SizeMeans.Errors],
    _ evidence: [CriticalBatchEvidence]
  ) -> [Cell] {
    let (sharpnessPrior, noisePrior) = (grid.logSharpnessPrior, grid.logNoisePrior)
    var cells: [Cell] = []
    var logs: [Double] = []
    cells.reserveCapacity(grid.logCritical.count * grid.sharpness.count * grid.noise.count)
    logs.reserveCapacity(cells.capacity)
    var centers: [Double] = []
    centers.reserveCapacity(cells.capacity)
    for (c, logCritical) in grid.logCritical.enumerated() {
      let prior = evidence.reduce(0) { $0 + $1.logDensity(ofLogCriticalBatch: logCritical) }
      for (p, sharpness) in grid.sharpness.enumerated() {
        let rises = sizes.logBatches.map { StepsCurve.logRise(logCritical - $0, sharpness) }
        for (n, errors) in errors.enumerated() {
          let fit = sizes.fit(rises, errors)
          cells.append(Cell(critical: c, sharpness: p, noise: n, probability: 0))
          logs.append(prior + sharpnessPrior[p] + noisePrior[n] + fit.logLikelihood)
          centers.append(fit.center)
        }
      }
    }
    if !stopped.isEmpty {
      func logStopped(_ index: Int) -> Double {
        let cell = cells[index]
        let (logCritical, sharpness) = (grid.logCritical[cell.critical], grid.sharpness[cell.sharpness])
        return stopped.logProbability(
          rises: stopped.logBatches.map { StepsCurve.logRise(logCritical - $0, sharpness) }, center: centers[index],
          deviation: errors[cell.noise].deviation, noise: spread(errors[cell.noise].noise))
      }
      // Stopped runs make no cell likelier: what falls short of the likeliest without them need not be looked at.
      let top = logs.indices.max { logs[$0] < logs[$1] } ?? 0
      let least = logs[top] + logStopped(top) + log(leastProbability)
      for index in logs.indices { logs[index] = logs[index] < least ? -.infinity : logs[index] + logStopped(index) }
    }
    let largest = logs.max() ?? 0
    for index in cells.indices { cells[index].probability = exp(logs[index] - largest) }
    cells.removeAll { $0.probability < leastProbability }
    let total = cells.reduce(0) { $0 + $1.probability }
    for index in cells.indices { cells[index].probability /= total }
    return cells
  }
}
