public import BatchFoundation
import BatchProfiling

/// What a rules study shows: the outcome of each variant at each batch size, and what it recovers.
public struct RulesAnalysis: Sendable {
  /// One variant at one batch size.
  public struct Cell: Sendable {
    /// The variant.
    public let variant: RuleVariant
    /// The learning rate at the batch size, that of the optimizer.
    public let learningRate: Double
    /// What the finished trials show.
    public let summary: BatchSizeSummary
    /// What the variant recovers; nil for the reference, and at the base batch.
    public let recovered: RecoveredShare?

    /// The batch size.
    public var batchSize: Int { summary.batchSize }
    /// The number of trials that finished or diverged.
    public var trialCount: Int { summary.trials.count + summary.divergedCount }
  }

  /// The number by which runs are compared.
  public let measure: RunMeasure
  /// The variants, in the order of the plan.
  public let variants: [RuleVariant]
  /// The batch sizes, ascending.
  public let batchSizes: [Int]
  /// The batch size that the learning rate is right for.
  public let baseBatch: Int
  /// All runs of a batch size together, whatever their variant, ascending: what they took.
  public let summaries: [BatchSizeSummary]
  /// How much worse the reference is at a batch size than at the base batch, seed by seed; above zero is worse.
  public let losses: [Int: Sample]
  private let cells: [RuleVariant: [Int: Cell]]

  /// Analyses what is there of a study.
  public init(_ results: StudyResults<RulesPlan>) {
    let plan = results.plan
    variants = plan.variants
    batchSizes = plan.common.batchSizes
    baseBatch = plan.baseBatch
    let runs = results.runs
    let measure = RunMeasure.of(runs)
    self.measure = measure
    summaries = BatchSizeSummary.summaries(of: runs, sizes: plan.common.batchSizes, measure: measure)
    let sign = measure.moreIsBetter ? 1.0 : -1.0
    func outcomes(_ variant: RuleVariant, _ size: Int) -> [UInt64: Double] {
      var outcomes: [UInt64: Double] = [:]
      for run in results.runs(of: variant, batchSize: size) {
        outcomes[run.seed] = measure.test(run.outcome).map { sign * $0 }
      }
      return outcomes
    }
    func divergedCount(_ variant: RuleVariant, _ size: Int) -> Int {
      results.runs(of: variant, batchSize: size).count { $0.outcome.divergedAtUpdate != nil }
    }
    let base = outcomes(.reference, plan.baseBatch)
    var losses: [Int: Sample] = [:]
    var cells: [RuleVariant: [Int: Cell]] = [:]
    for size in batchSizes {
      let reference = outcomes(.reference, size)
      if size != plan.baseBatch {
        losses[size] = Sample(
          plan.common.seeds.compactMap { seed in base[seed].flatMap { base in reference[seed].map { base - $0 } } })
      }
      for variant in variants {
        let trials = results.runs(of: variant, batchSize: size)
        guard !trials.isEmpty else { continue }
        let own = outcomes(variant, size)
        let seeds = plan.common.seeds.filter { base[$0] != nil && reference[$0] != nil && own[$0] != nil }
        let diverged =
          divergedCount(variant, size) + divergedCount(.reference, size) + divergedCount(.reference, plan.baseBatch)
        let recovered: RecoveredShare? =
          variant == .reference || size == plan.baseBatch
          ? nil
          : diverged > 0
            ? .diverged(diverged)
            : RecoveredShare(
              gains: seeds.map { (own[$0] ?? .nan) - (reference[$0] ?? .nan) },
              losses: seeds.map { (base[$0] ?? .nan) - (reference[$0] ?? .nan) })
        cells[variant, default: [:]][size] = Cell(
          variant: variant, learningRate: trials[0].outcome.learningRate,
          summary: BatchSizeSummary(batchSize: size, trials: trials, measure: measure), recovered: recovered)
      }
    }
    self.losses = losses
    self.cells = cells
  }

  /// A variant at a batch size; nil where no trial of it has ended.
  public func cell(_ variant: RuleVariant, _ batchSize: Int) -> Cell? { cells[variant]?[batchSize] }

  /// All that is known of a variant, by ascending batch size.
  public func cells(of variant: RuleVariant) -> [Cell] { batchSizes.compactMap { cell(variant, $0) } }

  /// The variants at a batch size, those of which every run finished, ranked by their test measure.
  public func ranking(at batchSize: Int) -> SeedRanking<RuleVariant> {
    let cells = variants.compactMap { cell($0, batchSize) }.filter {
      !$0.summary.trials.isEmpty && $0.summary.divergedCount == 0
    }
    return SeedRanking(
      measure: measure, entries: cells.map { SeedRanking.Entry($0.variant, bySeed: $0.summary.testBySeed) })
  }

  /// The batch sizes at which the reference clearly loses: the 95 % interval of its loss lies above zero.
  public var lossyBatchSizes: [Int] { batchSizes.filter { losses[$0]?.interval.map { $0.lowerBound > 0 } ?? false } }
}

extension StudyResults<RulesPlan> {
  /// The finished runs of a variant at a batch size, diverged ones included: at the base batch those of the reference,
  /// where the variant trains there as the reference does.
  public func runs(of variant: RuleVariant, batchSize: Int) -> [TrainedRun] {
    let source = variant.sharesBase && batchSize == plan.baseBatch ? RuleVariant.reference : variant
    return plan.common.seeds.compactMap { seed in
      self[RuleTrial(variant: source, batchSize: batchSize, seed: seed)].map { TrainedRun($0, stepTimes: curve) }
    }
  }
}

/// How much of what a large batch loses without a rule comes back with one.
public enum RecoveredShare: Sendable, Hashable {
  /// The share, and its 95 % interval.
  case share(Double, interval: ClosedRange<Double>)
  /// The 95 % interval of the loss holds zero, or lies below it.
  case nothingToRecover
  /// So many runs, of the variant or of the reference, diverged or ended without a number: a share of the others alone
  /// would flatter.
  case diverged(Int)
  /// Fewer than two seeds have finished everything that the share is of.
  case tooFewSeeds

  /// The share by seeds: gains of the variant over the reference, and losses of the reference against its base batch,
  /// each at the same batch size and positive where better, or worse.
  ///
  /// The share is the quotient of the means, and its interval Fieller's (1954): all ρ at which gain − ρ·loss, seed by
  /// seed, has a mean that Student's t cannot tell from zero. It is bounded just where the interval of the loss leaves
  /// out zero.
  init(gains: [Double], losses: [Double]) {
    precondition(gains.count == losses.count, "gains and losses belong to the same seeds")
    let numberless = zip(gains, losses).count { !$0.isFinite || !$1.isFinite }
    guard numberless == 0 else {
      self = .diverged(numberless)
      return
    }
    guard let interval = Sample(losses).interval else {
      self = .tooFewSeeds
      return
    }
    guard interval.lowerBound > 0 else {
      self = .nothingToRecover
      return
    }
    let (gain, loss) = (Sample(gains).mean, Sample(losses).mean)
    let t = StudentT.quantile975(degreesOfFreedom: losses.count - 1)
    // t² times the variances and the covariance of the means.
    let weight = t * t / Double(losses.count) / Double(losses.count - 1)
    func spread(_ a: [Double], _ meanA: Double, _ b: [Double], _ meanB: Double) -> Double {
      weight * zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) }
    }
    let square = loss * loss - spread(losses, loss, losses, loss)
    let half = gain * loss - spread(gains, gain, losses, loss)
    let constant = gain * gain - spread(gains, gain, gains, gain)
    // Never negative but for rounding: the quotient of the means lies between the roots.
    let root = max(0, half * half - square * constant).squareRoot()
    let share = gain / loss
    let (low, high) = (min(share, (half - root) / square), max(share, (half + root) / square))
    // Losses near the largest number have no square.
    self = low.isFinite && high.isFinite ? .share(share, interval: low...high) : .diverged(losses.count)
  }
}
