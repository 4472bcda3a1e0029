import BatchFoundation
import BatchTraining
import Foundation
import Testing

@Suite struct LearningRateRuleTests {
  private let settings = BatchDependentSettings(
    learningRate: 0.1, moments: .init(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), warmUp: .epochs(0.5))

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-13 * max(abs(a), abs(b)) }

  private func areClose(_ a: BatchDependentSettings, _ b: BatchDependentSettings) throws -> Bool {
    let (p, q) = (try #require(a.moments), try #require(b.moments))
    guard case .epochs(let c)? = a.warmUp, case .epochs(let d)? = b.warmUp else { return false }
    // Decays by what they lack to 1: that is what the rule scales.
    return isClose(a.learningRate, b.learningRate) && abs(p.beta1 - q.beta1) < 1e-14 && abs(p.beta2 - q.beta2) < 1e-14
      && isClose(p.epsilon, q.epsilon) && isClose(c, d)
  }

  static let names = ["none", "linear", "sqrt", "adam-sqrt", "saturating:200", "legw"]

  static let closedForms: [(String, Int, Double)] = [
    ("none", 128, 0.1), ("linear", 128, 0.4), ("sqrt", 128, 0.2), ("adam-sqrt", 128, 0.2), ("legw", 128, 0.2),
    ("linear", 33, 0.103_125), ("sqrt", 2, 0.025), ("linear", 1, 0.003_125),
    // (1 + 96/32) / (1 + 96/96) = 2, and in the limit of endless batches 4.
    ("saturating:96", 96, 0.2), ("saturating:96", 1_000_000_000_000, 0.4),
    // Far below the critical batch it is the linear rule.
    ("saturating:1e12", 128, 0.4),
  ]

  /// The rate at four times the batch, and at a batch that is no multiple.
  @Test(arguments: closedForms)
  func ratesAreTheClosedForms(_ name: String, _ batch: Int, _ rate: Double) throws {
    let scaled = try LearningRateRuleCodec.read(name).scaled(settings, from: 32, to: batch)
    #expect(abs(scaled.learningRate - rate) < 1e-9 * rate)
  }

  /// The best rates on SVHN follow 0.27 B / (96 + B) (McCandlish 2018).
  @Test func theSaturatingRuleIsTheFitOfThePaper() throws {
    let fit = { (batch: Int) in 0.27 * Double(batch) / (96 + Double(batch)) }
    let rule = try SaturatingRule(criticalBatch: 96)
    for batch in [1, 8, 64, 96, 1000, 65_536] {
      let scaled = try rule.scaled(BatchDependentSettings(learningRate: fit(16)), from: 16, to: batch)
      #expect(isClose(scaled.learningRate, fit(batch)))
    }
  }

  @Test(arguments: names, [1, 32, 1000])
  func theBaseBatchIsLeftAlone(_ name: String, _ batch: Int) throws {
    #expect(try areClose(LearningRateRuleCodec.read(name).scaled(settings, from: batch, to: batch), settings))
  }

  @Test(arguments: names, [(32, 128, 256), (256, 64, 32), (100, 3, 700)])
  func twoChangesAreAsGoodAsOne(_ name: String, _ batches: (Int, Int, Int)) throws {
    let rule = try LearningRateRuleCodec.read(name)
    let there = try rule.scaled(settings, from: batches.0, to: batches.1)
    let further = try rule.scaled(there, from: batches.1, to: batches.2)
    #expect(try areClose(further, rule.scaled(settings, from: batches.0, to: batches.2)))
  }

  /// Only what a rule names changes.
  @Test(arguments: names)
  func theRestStays(_ name: String) throws {
    let scaled = try LearningRateRuleCodec.read(name).scaled(settings, from: 32, to: 128)
    #expect((scaled.moments == settings.moments) == (name != "adam-sqrt"))
    #expect((scaled.warmUp == settings.warmUp) == (name != "legw"))
    #expect((scaled.learningRate == settings.learningRate) == (name == "none"))
  }

  @Test func linearScalingKeepsTheUpdateOfAnExample() throws {
    for batch in [1, 7, 32, 1024, 2048] {
      let scaled = try LinearScalingRule().scaled(settings, from: 32, to: batch)
      #expect(isClose(scaled.learningRate / Double(batch), 0.1 / 32))
    }
  }

  @Test func theRuleForAdamScalesMoments() throws {
    let scaled = try AdamSquareRootRule().scaled(settings, from: 32, to: 128)
    let moments = try #require(scaled.moments)
    #expect(isClose(moments.beta1, 0.6) && isClose(moments.beta2, 0.996) && isClose(moments.epsilon, 5e-9))
    // A smaller batch forgets more slowly.
    let smaller = try #require(AdamSquareRootRule().scaled(settings, from: 32, to: 8).moments)
    #expect(isClose(smaller.beta1, 0.975) && isClose(smaller.beta2, 0.999_75) && isClose(smaller.epsilon, 2e-8))
  }

  @Test func theRuleForAdamServesRMSProp() throws {
    let start = BatchDependentSettings(learningRate: 1e-3, moments: .init(beta1: 0, beta2: 0.99, epsilon: 1e-8))
    let moments = try #require(AdamSquareRootRule().scaled(start, from: 32, to: 3200).moments)
    #expect(moments.beta1 == 0 && moments.beta2 == 0)
  }

  static let largestBatches: [(Double, Double, Int, Int, String)] = [
    (0.9, 0.999, 32, 320, "beta1"), (0.9, 0.99, 1, 10, "beta1"), (0.9, 0.85, 100, 666, "beta2"),
    (0, 0.99, 1, 100, "beta2"), (0.95, 0.999, 256, 5120, "beta1"), (0.9, 0, 32, 32, "beta2"), (0, 0, 32, 32, "beta2"),
  ]

  /// The batch that the message names works, and the next one does not.
  @Test(arguments: largestBatches)
  func theRuleForAdamNamesTheLargestBatch(
    _ beta1: Double, _ beta2: Double, _ base: Int, _ largest: Int, _ name: String
  ) throws {
    let start = BatchDependentSettings(
      learningRate: 1e-3, moments: .init(beta1: beta1, beta2: beta2, epsilon: 1e-8))
    let error = #expect(throws: LearningRateRuleError.self) {
      try AdamSquareRootRule().scaled(start, from: base, to: largest + 1)
    }
    let value = name == "beta1" ? beta1 : beta2
    #expect(
      error == .batchTooLarge(largest + 1, name: name, value: value, baseBatch: base, largest: largest))
    let moments = try #require(AdamSquareRootRule().scaled(start, from: base, to: largest).moments)
    #expect((0..<1).contains(moments.beta1) && (0..<1).contains(moments.beta2))
  }

  @Test func legwScalesTheWarmUp() throws {
    #expect(try LEGW().scaled(settings, from: 32, to: 1024).warmUp == .epochs(16))
    let share = BatchDependentSettings(learningRate: 0.1, warmUp: .percent(5))
    #expect(try LEGW().scaled(share, from: 32, to: 640).warmUp == .percent(100))
    let error = #expect(throws: LearningRateRuleError.self) { try LEGW().scaled(share, from: 32, to: 1024) }
    #expect(error == .warmUpTooLong(batch: 1024, percent: 160, largest: 640))
  }

  @Test func errorsNameTheMend() {
    func message(_ rule: any LearningRateRule, _ settings: BatchDependentSettings, _ base: Int, _ batch: Int) -> String?
    {
      (#expect(throws: LearningRateRuleError.self) { try rule.scaled(settings, from: base, to: batch) })?.description
    }
    let plain = BatchDependentSettings(learningRate: 0.1)
    #expect(
      message(AdamSquareRootRule(), settings, 32, 1024)
        == "batch 1024 is too large for the square-root rule for Adam: beta1 is 0.9 at batch 32 and would fall below 0; "
        + "take a batch of at most 320")
    #expect(
      message(AdamSquareRootRule(), plain, 32, 64)
        == "the square-root rule for Adam needs an optimizer with moments, such as Adam or RMSProp; take sqrt for another"
    )
    #expect(
      message(LEGW(), plain, 32, 64) == "LEGW scales the warm-up of the base batch; give one, such as 0.5 epochs")
    #expect(
      message(LEGW(), BatchDependentSettings(learningRate: 0.1, warmUp: .percent(5)), 32, 1024)
        == "LEGW would warm up for 160% of the training at batch 1024; take a batch of at most 640 or a shorter warm-up"
    )
    for rule in [NoScaling(), LinearScalingRule(), SquareRootRule(), AdamSquareRootRule(), LEGW()]
      as [any LearningRateRule]
    {
      #expect(message(rule, settings, 0, 32) == "a batch must have at least 1 example, not 0")
      #expect(message(rule, settings, 32, -1) == "a batch must have at least 1 example, not -1")
    }
  }

  @Test(arguments: names + ["saturating:12.5"])
  func theTextReadsBack(_ text: String) throws {
    let rule = try Coded<LearningRateRuleCodec>(text)
    #expect(rule.description == text)
    #expect(try JSONDecoder().decode([Coded<LearningRateRuleCodec>].self, from: JSONEncoder().encode([rule])) == [rule])
    #expect(try Set([rule, Coded("saturating:200.0")]).count == (text == "saturating:200" ? 1 : 2))
  }

  static let unreadable: [(String, String)] = [
    ("cubic", "'cubic' is no rule"), ("linear:2", "nothing is expected where '2' stands"),
    ("saturating", "the critical batch size is missing"), ("saturating:x", "'x' is no critical batch size"),
    ("saturating:2:3", "nothing is expected where '3' stands"),
  ]

  @Test(arguments: unreadable)
  func saysWhatItDoesNotUnderstand(_ text: String, _ reason: String) {
    let error = #expect(throws: LearningRateRuleError.self) { try LearningRateRuleCodec.read(text) }
    #expect(
      error?.description == "cannot read '\(text)': \(reason); write one of none, linear, sqrt, adam-sqrt, "
        + "saturating:BATCH, legw")
  }

  @Test(arguments: ["saturating:0", "saturating:-3"])
  func aCriticalBatchIsPositive(_ text: String) {
    let error = #expect(throws: LearningRateRuleError.self) { try LearningRateRuleCodec.read(text) }
    #expect(error?.description.hasPrefix("the critical batch size must be a positive number, not ") == true)
  }
}
