public import BatchTraining

/// A study of how well rules carry a learning rate from a base batch to others: a sweep for each rule, with and without
/// a warm-up, every other setting equal.
public struct RulesPlan: Sendable, Hashable, Codable {
  /// What the sweeps share: the rate as it is, without a warm-up, at all batch sizes, the base batch among them.
  public var common: SweepPlan
  /// The batch size that the learning rate is right for.
  public var baseBatch: Int
  /// The rules, each once, `none` first.
  public var rules: [LearningRateRuleText]
  /// The warm-up of the variants that have one; nil leaves them out.
  public var warmUp: TrainingLength?

  /// A plan from what the sweeps share.
  ///
  /// Rule and warm-up of the shared plan's recipe give way to those of the variants; the rule `none` and the base batch
  /// are added where they are missing.
  public init(common: SweepPlan, baseBatch: Int, rules: [LearningRateRuleText], warmUp: TrainingLength?) {
    self.baseBatch = baseBatch
    self.warmUp = warmUp
    var common = common
    common.batchSizes = Set(common.batchSizes + [baseBatch]).sorted()
    common.recipe.baseBatch = baseBatch
    common.recipe.rule = .none
    (common.recipe.warmUp, common.recipe.warmUpStart) = (nil, nil)
    self.common = common
    var seen: Set<LearningRateRuleText> = []
    self.rules = ([.none] + rules).filter { seen.insert($0).inserted }
  }

  /// The variants: each rule without a warm-up and then, where there is one, with it.
  ///
  /// LEGW is nothing without one.
  public var variants: [RuleVariant] {
    rules.flatMap { rule in
      (rule.rule is LEGW ? [] : [RuleVariant(rule: rule, warmsUp: false)])
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

  /// The sweep of a variant, without the base batch where the variant trains there as the reference does.
  public func sweep(of variant: RuleVariant) -> SweepPlan {
    var plan = common
    plan.recipe = recipe(of: variant)
    if variant.sharesBase { plan.batchSizes.removeAll { $0 == baseBatch } }
    return plan
  }

  /// All trials, in the order in which they run.
  public var trials: [RuleTrial] {
    variants.flatMap { variant in sweep(of: variant).trials.map { RuleTrial(variant: variant, trial: $0) } }
  }

  /// Throws where there is nothing to compare, or a rule does not apply to the optimizer or to one of the batch sizes.
  func check() throws(StudyError) {
    guard common.batchSizes.count > 1 else {
      throw .training(.plan("rules differ at other batch sizes than the base batch \(baseBatch) alone; name one"))
    }
    // Without a warm-up it has no variant, whose plan would say so.
    if warmUp == nil, rules.contains(where: { $0.rule is LEGW }) {
      throw .training(.plan(LearningRateRuleError.noWarmUp.description))
    }
    do {
      for trial in trials { _ = try sweep(of: trial.variant).training(trial.trial) }
    } catch {
      throw .training(error)
    }
  }

  /// What another plan changes, one phrase a setting.
  func differences(from other: RulesPlan) -> [String] {
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

/// One training run of a study of rules.
public struct RuleTrial: Sendable, Hashable {
  /// The variant.
  public var variant: RuleVariant
  /// Batch size and seed.
  public var trial: TrialID
}
