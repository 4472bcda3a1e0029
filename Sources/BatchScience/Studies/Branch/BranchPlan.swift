import BatchFoundation
public import BatchTraining

/// A study of branched training: from some moments of a pilot run, short branches go on at multiples of its batch size,
/// each for the same number of further examples.
///
/// At batch k·B the rate is scaled by each of some rules, and the one that ends with the least loss counts. The largest k
/// whose branch ends with a loss no worse than those of smaller k, beyond a tolerance, is what that moment of training can
/// take: the local critical batch is k·B (Merrill and others 2025, "Critical batch size revisited", with one rule). Each
/// seed is a trial, with a pilot and all of its branches.
public struct BranchPlan: StudyPlan {
  public typealias Record = BranchRecord
  public typealias Outcome = BranchOutcome

  public static var kind: String { "branch" }
  public static var title: String { "a study of branches" }

  /// What all trials share: its one batch size is the pilot's, its recipe what the pilot is trained with.
  public var common: SweepPlan
  /// When branches leave the pilot, as shares of its run, ascending.
  public var moments: [Double]
  /// What the pilot's batch size is multiplied by, ascending; the first is 1.
  public var multiples: [Int]
  /// The number of further examples that each branch is trained on.
  public var length: Int
  /// How the rate of a branch follows from the pilot's, each rule once; every multiple above 1 has a branch by each.
  ///
  /// One alone answers for its own rate: where the pilot's is as large as curvature allows, `linear` does harm at twice the
  /// batch already. Of several the best counts, but one that scales the rate by less than the noise falls has the gain of
  /// a decayed rate, too, which the pilot could have as well.
  public var rules: [any LearningRateRule] {
    get { codedRules.map(\.wrappedValue) }
    set { codedRules = newValue.map { Coded(wrappedValue: $0) } }
  }
  private var codedRules: [Coded<LearningRateRuleCodec>]
  /// By which share of the least loss of smaller batches a loss may lie above it and count as no worse.
  ///
  /// A share and not a difference: losses have different units, and fall by orders of magnitude.
  public var tolerance: Double
  /// The number of training examples on which branches are evaluated, the first ones, the same for all.
  ///
  /// The loss of batches scatters by what examples they happen to have; on the same examples only the weights differ.
  public var evaluatedCount: Int

  /// A plan from what all trials share; what is left out is the usual.
  ///
  /// Usual are branches after an eighth, a quarter and half of the run, at 1, 2, 4, … 32 times the batch as far as each
  /// has ``leastUpdates`` updates and the training part as many examples. Branches last a sixteenth of the run, in short
  /// runs up to a quarter so that 32 times the batch has its updates. The rule is `linear`, and `sqrt`
  /// for optimizers that scale steps by their second moment: they keep the noise of the weights as it is.
  public init(
    common: SweepPlan, moments: [Double] = [0.125, 0.25, 0.5], multiples: [Int]? = nil, length: TrainingLength? = nil,
    rules: [any LearningRateRule]? = nil, tolerance: Double = 0.01, evaluatedCount: Int = 2048
  ) {
    self.common = common
    self.moments = moments
    self.tolerance = tolerance
    let count = common.exampleCounts.first ?? 0
    self.evaluatedCount = min(evaluatedCount, max(1, count))
    codedRules = (rules ?? Self.usualRules(common.recipe.optimizer)).map { Coded(wrappedValue: $0) }
    let total = Self.total(common) ?? 0
    let batch = common.batchSizes.first ?? 1
    self.length =
      length.map { length in
        let start = TrainingPosition(examples: 0, examplesPerEpoch: max(1, count), totalExamples: max(1, total))
        let examples = length.exampleCount(at: start).rounded()
        return examples < 0x1p53 ? Int(max(0, examples)) : 1 << 53
      } ?? max(total / 16, min(32 * Self.leastUpdates * min(batch, count), total / 4))
    let largest = min(count, self.length / Self.leastUpdates)
    self.multiples = multiples ?? [1, 2, 4, 8, 16, 32].filter { $0 == 1 || batch <= largest / $0 }
  }

  private enum CodingKeys: String, CodingKey {
    case common, moments, multiples, length, tolerance, evaluatedCount
    case codedRules = "rules"
  }

  /// The fewest updates of a branch: with fewer, what the momentum brings along from the pilot's batches decides.
  public static var leastUpdates: Int { 16 }

  /// The rule that keeps the noise of the weights as it is.
  private static func usualRules(_ optimizer: any Optimizer) -> [any LearningRateRule] {
    optimizer is any AdaptiveOptimizer || optimizer is Adagrad ? [SquareRootRule()] : [LinearScalingRule()]
  }

  /// The number of examples that all epochs show; nil for more than can be counted.
  static func total(_ common: SweepPlan) -> Int? {
    let (total, overflow) = common.epochs.multipliedReportingOverflow(by: common.exampleCounts.first ?? 0)
    return overflow || total > 1 << 53 ? nil : total
  }

  /// The pilot's batch size.
  public var pilotBatch: Int { common.batchSizes.first ?? 1 }

  /// A trial a seed.
  public var trials: [TrialID] { common.seeds.map { TrialID(batchSize: pilotBatch, seed: $0) } }

  public func differences(from other: BranchPlan) -> [String] {
    var differences = SettingDifferences(self, other, words: ("here", "asked for"))
    differences.compare("moments", \.moments)
    differences.compare("multiples", \.multiples)
    differences.compare("examples of a branch", \.length)
    differences.compare("rules of the branches", \.ruleNames)
    differences.compare("tolerance", \.tolerance)
    differences.compare("evaluated examples", \.evaluatedCount)
    return common.differences(from: other.common) + differences.phrases
  }

  private var ruleNames: String { rules.map(\.description).joined(separator: ",") }

  public func analysis(of results: StudyResults<BranchPlan>) -> BranchAnalysis { BranchAnalysis(results) }
}

extension BranchPlan {
  /// The branches of a moment, in the order in which they are trained: at 1, where rules have nothing to change, one alone.
  var branches: [(multiple: Int, rule: any LearningRateRule)] {
    multiples.flatMap { multiple in (multiple == 1 ? Array(rules.prefix(1)) : rules).map { (multiple, $0) } }
  }

  /// Where the moments are: the numbers of the pilot's updates and examples, at the first update that ends there or later.
  var starts: [(updates: Int, examples: Int)] {
    let total = Double(Self.total(common) ?? 0)
    return moments.map { share in
      clock.end(of: pilotBatch, from: 0, atLeast: max(1, Int((share * total).rounded(.up))))
    }
  }

  /// The updates of a branch after which it is evaluated, at each ``leastUpdates``th part of its examples, with the numbers
  /// of its examples so far.
  func evaluations(from start: Int, multiple: Int) -> [(updates: Int, examples: Int)] {
    let parts = Self.leastUpdates
    return (1...parts).map { part in
      // Rounded up without a product that could overflow.
      let share = length / parts * part + (length % parts * part + parts - 1) / parts
      return clock.end(of: multiple * pilotBatch, from: start, atLeast: share)
    }
  }

  /// The number of updates that a branch has at a multiple, from a moment.
  func updates(from start: Int, multiple: Int) -> Int {
    clock.end(of: multiple * pilotBatch, from: start, atLeast: length).updates
  }

  private var clock: BranchClock { BranchClock(examplesPerEpoch: common.exampleCounts.first ?? 1) }

  /// The optimizer and the schedule of a branch; those of the pilot at 1.
  ///
  /// - Throws: `TrainingError` where the rule does not apply.
  func settings(
    multiple: Int, rule: any LearningRateRule
  ) throws(TrainingError) -> (optimizer: any Optimizer, schedule: any LearningRateSchedule) {
    let pilot = try common.recipe.settings(batch: pilotBatch)
    guard multiple > 1 else { return pilot }
    // The pilot's warm-up is part of its schedule here, and stays as it is: the branch's rate is always a multiple.
    return try TrainingRecipe(
      optimizer: pilot.optimizer, schedule: pilot.schedule, rule: rule, baseBatch: pilotBatch
    ).settings(batch: multiple * pilotBatch)
  }
}
