public import BatchFoundation
public import BatchTraining

/// A study of how well rules carry a learning rate from a base batch to others: the same batch sizes under each rule, with
/// and without a warm-up, every other setting equal.
public struct RulesPlan: TrainingStudyPlan {
  public static var kind: String { "rules" }
  public static var title: String { "a study of rules" }

  /// What the variants share: the rate as it is, without a warm-up, at all batch sizes, the base batch among them.
  public var common: SweepPlan
  /// The batch size that the learning rate is right for.
  public var baseBatch: Int
  /// The rules, each once, `none` first.
  public var rules: [any LearningRateRule] {
    get { codedRules.map(\.wrappedValue) }
    set { codedRules = newValue.map { Coded(wrappedValue: $0) } }
  }
  private var codedRules: [Coded<LearningRateRuleCodec>]
  /// The warm-up of the variants that have one; nil leaves them out.
  public var warmUp: TrainingLength?

  /// A plan from what the variants share.
  ///
  /// Rule and warm-up of the shared plan's recipe give way to those of the variants; the rule `none` and the base batch
  /// are added where they are missing.
  public init(common: SweepPlan, baseBatch: Int, rules: [any LearningRateRule], warmUp: TrainingLength?) {
    self.baseBatch = baseBatch
    self.warmUp = warmUp
    var common = common
    common.batchSizes = Set(common.batchSizes + [baseBatch]).sorted()
    common.recipe.baseBatch = baseBatch
    common.recipe.rule = .none
    (common.recipe.warmUp, common.recipe.warmUpStart) = (nil, nil)
    self.common = common
    var seen: Set<Coded<LearningRateRuleCodec>> = []
    codedRules = ([NoScaling()] + rules).map { Coded(wrappedValue: $0) }.filter { seen.insert($0).inserted }
  }

  private enum CodingKeys: String, CodingKey {
    case common, baseBatch, warmUp
    case codedRules = "rules"
  }

  /// The variants: each rule without a warm-up and then, where there is one, with it.
  ///
  /// LEGW is nothing without one.
  public var variants: [RuleVariant] {
    rules.flatMap { rule in
      (rule is LEGW ? [] : [RuleVariant(rule: rule, warmsUp: false)])
        + (warmUp == nil ? [] : [RuleVariant(rule: rule, warmsUp: true)])
    }
  }

  /// How a variant is trained.
  public func recipe(of variant: RuleVariant) -> TrainingRecipe {
    var recipe = common.recipe
    recipe.rule = variant.rule
    recipe.warmUp = variant.warmsUp ? warmUp : nil
    return recipe
  }

  /// The batch sizes of a variant, without the base batch where the variant trains there as the reference does.
  public func batchSizes(of variant: RuleVariant) -> [Int] {
    variant.sharesBase ? common.batchSizes.filter { $0 != baseBatch } : common.batchSizes
  }

  /// Variant after variant, each with all batch sizes for the first seed, then for the next.
  public var trials: [RuleTrial] {
    variants.flatMap { variant in
      common.seeds.flatMap { seed in
        batchSizes(of: variant).map { RuleTrial(variant: variant, batchSize: $0, seed: seed) }
      }
    }
  }

  public func recipe(of trial: RuleTrial) -> TrainingRecipe { recipe(of: trial.variant) }

  public var problem: String? {
    if let problem = common.problem { return problem }
    guard common.batchSizes.count > 1 else {
      return "rules differ at other batch sizes than the base batch \(baseBatch) alone; name one"
    }
    // Without a warm-up it has no variant, whose plan would say so.
    return warmUp == nil && rules.contains { $0 is LEGW } ? LearningRateRuleError.noWarmUp.description : nil
  }

  public func differences(from other: RulesPlan) -> [String] {
    // The shared recipe's rule is always `none`; only the base batch can differ in it, and it has a phrase of its own.
    var theirs = other.common
    theirs.recipe.baseBatch = baseBatch
    var differences = SettingDifferences(self, other, words: ("here", "asked for"))
    differences.compare("base batch", \.baseBatch)
    differences.compare("rules", \.ruleNames)
    differences.compare("warm-up", \.warmUp)
    return common.differences(from: theirs) + differences.phrases
  }

  private var ruleNames: String { rules.map(\.description).joined(separator: ",") }
}

extension RulesPlan {
  public func analysis(of results: StudyResults<RulesPlan>) -> RulesAnalysis { RulesAnalysis(results) }
}

/// One training run of a study of rules.
public struct RuleTrial: StudyTrial {
  /// The variant.
  public var variant: RuleVariant
  /// The number of examples an update averages.
  public var batchSize: Int
  /// The seed of initialisation and order.
  public var seed: UInt64

  /// The trial of a variant, a batch size and a seed.
  public init(variant: RuleVariant, batchSize: Int, seed: UInt64) {
    self.variant = variant
    self.batchSize = batchSize
    self.seed = seed
  }

  public var description: String { "\(variant): batch \(batchSize), seed \(seed)" }

  /// `linear-warm-up-b32-s1`.
  public var key: String { "\(variant.name)-b\(batchSize)-s\(seed)" }
}

/// One way of carrying the learning rate from the base batch to others: a rule, with or without a warm-up.
public struct RuleVariant: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The rule.
  @Coded<LearningRateRuleCodec> public var rule: any LearningRateRule
  /// Whether training begins with a warm-up.
  public var warmsUp: Bool

  /// A rule with or without a warm-up.
  public init(rule: any LearningRateRule, warmsUp: Bool) {
    self.rule = rule
    self.warmsUp = warmsUp
  }

  /// What the others are held against: the rate as it is, without a warm-up.
  public static let reference = RuleVariant(rule: .none, warmsUp: false)

  /// The variant in the names of files and columns: `linear-warm-up`, `saturating-96`.
  public var name: String { "\(rule)".replacing(#/[^A-Za-z0-9.]/#, with: "-") + (warmsUp ? "-warm-up" : "") }

  /// `linear, warm-up` or `linear`.
  public var description: String { "\(rule)" + (warmsUp ? ", warm-up" : "") }

  /// Whether the variant trains at the base batch as ``reference`` does.
  ///
  /// A rule keeps the settings of the base batch, and a warm-up under most rules begins there with the rate itself.
  /// Without a rule or with LEGW a warm-up begins with 1/32 of the rate, at the base batch as at any other.
  public var sharesBase: Bool { self != .reference && (!warmsUp || rule.warmsUpFromBaseRate) }
}
