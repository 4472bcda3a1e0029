import BatchTestSupport
import BatchTraining
import Foundation
import Testing

/// Settings carried from a base batch to another, as an optimizer and a schedule.
@Suite struct TrainingRecipeTests {
  private func recipe(
    _ optimizer: OptimizerSettings, _ rule: String, from base: Int? = 32, warmUp: TrainingLength? = nil,
    start: Double? = nil, schedule: String = "constant"
  ) throws -> TrainingRecipe {
    TrainingRecipe(
      optimizer: optimizer.optimizer, schedule: try ScheduleCodec.read(schedule), warmUp: warmUp, warmUpStart: start,
      rule: try LearningRateRuleCodec.read(rule), baseBatch: base)
  }

  private let momentum = Result { OptimizerSettings(try SGD(learningRate: 0.1, momentum: 0.9)) }

  @Test(arguments: [("none", 0.1), ("linear", 0.4), ("sqrt", 0.2), ("saturating:96", 0.2), ("legw", 0.2)])
  func theRuleSetsTheRateAndNothingElse(_ rule: String, _ rate: Double) throws {
    // The saturating rule: (1 + 96/32) / (1 + 96/96) = 2, from 32 to 96.
    let batch = rule == "saturating:96" ? 96 : 128
    let settings = try recipe(momentum.get(), rule, warmUp: rule == "legw" ? .epochs(1) : nil).settings(batch: batch)
    guard let sgd = settings.optimizer as? SGD else {
      Issue.record("\(settings.optimizer)")
      return
    }
    #expect(abs(sgd.learningRate - rate) < 1e-12 && sgd.momentum == 0.9)
    if rule != "legw" { #expect(settings.schedule is ConstantSchedule) }
  }

  @Test(arguments: ["none", "linear", "sqrt", "saturating:96", "adam-sqrt"])
  func atTheBaseBatchNothingChanges(_ rule: String) throws {
    let adam = OptimizerSettings(try Adam(learningRate: 0.01))
    for base in [nil, 48] {
      let settings = try recipe(adam, rule, from: base, schedule: "cosine").settings(batch: 48)
      guard let result = settings.optimizer as? Adam else {
        Issue.record("\(settings.optimizer)")
        return
      }
      #expect(result.learningRate == 0.01 && abs(result.beta1 - 0.9) < 1e-15 && abs(result.beta2 - 0.999) < 1e-15)
      #expect(settings.schedule.description == "cosine")
    }
  }

  // κ = 4: the rate and ε by 2, what the decays lack to 1 by 4. All else stays.
  @Test func theRuleForAdamReachesEveryAdaptiveOptimizer() throws {
    let optimizers: [OptimizerSettings] = [
      OptimizerSettings(try Adam(learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1)),
      OptimizerSettings(try AdamW(learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1)),
      OptimizerSettings(try LAMB(learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1)),
    ]
    for optimizer in optimizers {
      let settings = try recipe(optimizer, "adam-sqrt").settings(batch: 128).optimizer
      #expect(OptimizerSettings(settings).kind == optimizer.kind)
      let adaptive = try #require(settings as? any AdaptiveOptimizer)
      #expect(abs(adaptive.learningRate - 0.02) < 1e-15 && abs(adaptive.epsilon - 5e-7) < 1e-20)
      #expect(abs(adaptive.beta1 - 0.6) < 1e-14 && abs(adaptive.beta2 - 0.96) < 1e-14)
      #expect(settings.description.contains("0.1"), "the decay stays: \(settings)")
    }
  }

  @Test func theRuleForAdamScalesRMSPropsAlpha() throws {
    let optimizer = try RMSProp(
      learningRate: 0.01, alpha: 0.99, epsilon: 1e-6, momentum: 0.5, centred: true, weightDecay: 0.1,
      decayScope: .weights)
    let settings = try recipe(OptimizerSettings(optimizer), "adam-sqrt").settings(batch: 128)
    guard let scaled = settings.optimizer as? RMSProp else {
      Issue.record("\(settings.optimizer)")
      return
    }
    #expect(abs(scaled.learningRate - 0.02) < 1e-15 && abs(scaled.alpha - 0.96) < 1e-14)
    #expect(abs(scaled.epsilon - 5e-7) < 1e-20)
    #expect(scaled.momentum == 0.5 && scaled.centred && scaled.weightDecay == 0.1 && scaled.decayScope == .weights)
    let smaller = try recipe(OptimizerSettings(optimizer), "adam-sqrt").settings(batch: 8)
    guard let small = smaller.optimizer as? RMSProp else {
      Issue.record("\(smaller.optimizer)")
      return
    }
    #expect(abs(small.alpha - 0.9975) < 1e-14 && abs(small.learningRate - 0.005) < 1e-15)
  }

  /// The rate at a share of training, as a share of the scaled rate.
  private func factor(_ schedule: any LearningRateSchedule, _ share: Double) -> Double {
    schedule.factor(at: TrainingPosition(examples: Int(10_000 * share), examplesPerEpoch: 1000, totalExamples: 10_000))
  }

  static let starts: [(String, Int, Double)] = [
    ("linear", 128, 0.25), ("sqrt", 128, 0.5), ("none", 128, 1.0 / 32), ("linear", 8, 1), ("linear", 32, 1),
    ("none", 32, 1.0 / 32), ("legw", 32, 1.0 / 32),
  ]

  /// With a rule a warm-up starts at the base batch's rate, without one at 1/32; never above the rate itself.
  @Test(arguments: starts)
  func theWarmUpStartsAtTheBaseRate(_ rule: String, batch: Int, start: Double) throws {
    let recipe = try recipe(momentum.get(), rule, warmUp: .epochs(2), schedule: "constant")
    let schedule = try recipe.settings(batch: batch).schedule
    #expect(abs(factor(schedule, 0) - start) < 1e-12)
    #expect(abs(factor(schedule, 0.1) - (1 + start) / 2) < 1e-12)
    #expect(factor(schedule, 0.2) == 1 && factor(schedule, 0.9) == 1)
  }

  @Test func theStartOfTheWarmUpCanBeGiven() throws {
    let given = try recipe(momentum.get(), "linear", warmUp: .percent(50), start: 0.1, schedule: "cosine")
    let schedule = try given.settings(batch: 128).schedule
    #expect(schedule.description == "warm-up:50%:0.1:cosine")
    #expect(given.warmUpText == "50% from 0.1")
    #expect(try recipe(momentum.get(), "linear", warmUp: .epochs(5)).warmUpText == "5 from the base rate")
    #expect(try recipe(momentum.get(), "none", warmUp: .epochs(5)).warmUpText == "5 from 1/32")
    #expect(try recipe(momentum.get(), "none").warmUpText == "none")
    #expect(try recipe(momentum.get(), "linear").ruleText == "linear from 32")
    #expect(try recipe(momentum.get(), "linear", from: nil).ruleText == "linear")
  }

  /// The warm-up is as many updates at four times the batch, and four times as many epochs; the base batch has one,
  /// too.
  @Test func legwScalesTheWarmUp() throws {
    let recipe = try recipe(momentum.get(), "legw", warmUp: .epochs(0.5))
    #expect(try recipe.settings(batch: 128).schedule.description == "warm-up:2:1/32:constant")
    #expect(try recipe.settings(batch: 32).schedule.description == "warm-up:0.5:1/32:constant")
    #expect(recipe.warmUpText == "0.5 from 1/32")
    let given = try self.recipe(momentum.get(), "legw", warmUp: .epochs(0.5), start: 0.1)
    #expect(try given.settings(batch: 32).schedule.description == "warm-up:0.5:0.1:constant")
  }

  @Test func whatTheRuleCannotDoIsAPlanThatMakesNoSense() throws {
    let adam = OptimizerSettings(try Adam(learningRate: 0.01))
    func reason(_ recipe: TrainingRecipe, batch: Int) -> String? {
      let error = thrownError { () throws(TrainingError) in try recipe.settings(batch: batch) }
      guard case .plan(let reason)? = error else { return nil }
      return reason
    }
    #expect(
      reason(try recipe(momentum.get(), "adam-sqrt"), batch: 64)
        == "the square-root rule for Adam needs an optimizer with moments, such as Adam or RMSProp; take sqrt for another"
    )
    #expect(
      reason(try recipe(adam, "adam-sqrt"), batch: 512)
        == "batch 512 is too large for the square-root rule for Adam: beta1 is 0.9 at batch 32 and would fall below 0; "
        + "take a batch of at most 320")
    #expect(
      reason(try recipe(momentum.get(), "legw"), batch: 64)
        == "LEGW scales the warm-up of the base batch; give one, such as 0.5 epochs")
    #expect(
      reason(try recipe(momentum.get(), "linear", from: 0), batch: 64) == "a batch must have at least 1 example, not 0")
    // Their factors would be multiplied.
    #expect(
      reason(try recipe(momentum.get(), "none", warmUp: .epochs(1), schedule: "warm-up:5%:1/8:cosine"), batch: 64)
        == "there are two warm-ups, one of 1 and one that the schedule warm-up:5%:1/8:cosine begins with; "
        + "leave one of them out")
    #expect(reason(try recipe(momentum.get(), "none", schedule: "warm-up:5%:1/8:cosine"), batch: 64) == nil)
    #expect(
      reason(try recipe(momentum.get(), "none", warmUp: .epochs(1), start: 2), batch: 64)?.contains(
        "start of the warm-up")
        == true)
  }

  /// Every optimizer, with and without what may be left out.
  @Test func goesThroughJSONUnchanged() throws {
    for kind in OptimizerSettings.Kind.allCases {
      let settings = try OptimizerSettings(kind, learningRate: 0.0123)
      for recipe in [
        TrainingRecipe(optimizer: settings.optimizer),
        try recipe(settings, "saturating:200", warmUp: .percent(5), start: 1.0 / 3, schedule: "one-cycle:20%"),
      ] {
        #expect(try JSONDecoder().decode(TrainingRecipe.self, from: JSONEncoder().encode(recipe)) == recipe)
      }
    }
  }
}
