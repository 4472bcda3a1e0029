import BatchTraining
import Foundation
import Testing

@Suite struct EarlyStoppingTests {
  private func record(_ epoch: Double, loss: Double, accuracy: Double? = nil) -> EvaluationRecord {
    EvaluationRecord(
      update: Int(epoch * 10), epoch: epoch, examples: 0, seconds: 0, batchLoss: nil, trainingLoss: 0,
      trainingAccuracy: nil, validationLoss: loss, validationAccuracy: accuracy, distance: 0, gradientNorm: nil)
  }

  /// The epochs after which a run with these losses at whole epochs would stop, and its best epoch.
  private func run(
    _ rule: EarlyStopping, _ losses: [Double]
  ) -> (stops: Double?, best: Double?, epochsOfBests: [Double]) {
    var state = BestEvaluation(rule)
    var bests: [Double] = []
    for (epoch, loss) in losses.enumerated() {
      if state.observe(record(Double(epoch), loss: loss)) { bests.append(Double(epoch)) }
      if state.shouldStop { return (Double(epoch), state.best?.epoch, bests) }
    }
    return (nil, state.best?.epoch, bests)
  }

  @Test func stopsWhenNothingGotBetterForSoLong() throws {
    let rule = try EarlyStopping(patience: .epochs(3))
    let result = run(rule, [5, 4, 3, 3.5, 3.2, 2.9, 3, 3, 3, 1])
    #expect(result.stops == 8 && result.best == 5 && result.epochsOfBests == [0, 1, 2, 5])
    #expect(run(rule, [5, 4, 3, 2, 1]).stops == nil)
    #expect(run(try EarlyStopping(patience: .evaluations(2)), [5, 4, 4, 3, 3, 3, 1]).stops == 5)
  }

  @Test func epochsDoNotDependOnHowOftenIsEvaluated() throws {
    let rule = try EarlyStopping(patience: .epochs(2))
    for perEpoch in [1, 3, 10] {
      var state = BestEvaluation(rule)
      var stop: Double?
      for evaluation in 0...100 where stop == nil {
        let epoch = Double(evaluation) / Double(perEpoch)
        _ = state.observe(record(epoch, loss: epoch < 3 ? 3 - epoch : 1))
        if state.shouldStop { stop = epoch }
      }
      // The best is the last evaluation before epoch 3.
      let best = 3 - 1 / Double(perEpoch)
      #expect(abs(try #require(stop) - best - 2) < 1e-9)
    }
  }

  @Test func aSmallImprovementIsNone() throws {
    let rule = try EarlyStopping(patience: .epochs(2), minimumImprovement: 0.1)
    let result = run(rule, [1, 0.95, 0.91, 0.5])
    #expect(result.stops == 2 && result.best == 0)
    #expect(run(rule, [1, 0.95, 0.85, 0.5]).best == 3)
  }

  @Test func accuracyIsBetterWhenHigher() throws {
    var state = BestEvaluation(try EarlyStopping(patience: .evaluations(2), metric: .validationAccuracy))
    var verdicts: [Bool] = []
    for accuracy in [0.5, 0.6, 0.6, 0.4] { verdicts.append(state.observe(record(0, loss: 1, accuracy: accuracy))) }
    #expect(verdicts == [true, true, false, false])
    #expect(state.shouldStop && state.best?.validationAccuracy == 0.6)
  }

  /// Neither a loss that is no number nor a metric that is missing is ever the best.
  @Test func noNumberIsNoRecord() throws {
    let rule = try EarlyStopping(patience: .evaluations(3))
    let result = run(rule, [.nan, 2, .nan, 1, .nan, .nan, .nan])
    #expect(result.stops == 6 && result.best == 3 && result.epochsOfBests == [1, 3])
    #expect(run(rule, [.nan, .nan, .nan]).best == nil)
    #expect(run(rule, [.nan, .nan, .nan]).stops == 2)
    let accuracy = try EarlyStopping(patience: .evaluations(2), metric: .validationAccuracy)
    #expect(run(accuracy, [1, 1]).stops == 1)
  }

  @Test func goesOnWhereItWasSaved() throws {
    let rule = try EarlyStopping(patience: .epochs(3))
    let losses = [5, 4, 3, 3.5, 3.2, 2.9, 3, 3, 3]
    var whole = BestEvaluation(rule)
    var saved = BestEvaluation(rule)
    for (epoch, loss) in losses.enumerated() {
      saved = try JSONDecoder().decode(BestEvaluation.self, from: JSONEncoder().encode(saved))
      #expect(saved.observe(record(Double(epoch), loss: loss)) == whole.observe(record(Double(epoch), loss: loss)))
      #expect(saved == whole)
    }
    #expect(saved.shouldStop)
  }
}
