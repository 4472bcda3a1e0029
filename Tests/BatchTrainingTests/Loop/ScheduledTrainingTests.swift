import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import Glibc
import Testing

/// Schedules of the rate, as they reach the optimizer.
@Suite struct ScheduledTrainingTests {
  /// The rate of each update, and the number of examples seen before it.
  private func rates(_ run: TinyRun) throws -> [(examples: Int, rate: Double)] {
    let trainer = try run.trainer(Float.self)
    var seen = 0
    var rates: [(Int, Double)] = []
    let outcome = try trainer.run(
      TrainingObserver(onUpdate: { _, _ in
        rates.append((seen, try #require(trainer.progress.learningRate)))
        #expect(trainer.step.optimizer.learningRate == trainer.progress.learningRate)
        seen = trainer.progress.examples
      }))
    #expect(outcome == .finished && rates.count == trainer.plannedUpdates)
    return rates
  }

  private static let closedForms: [(text: String, factor: @Sendable (_ epoch: Double, _ share: Double) -> Double)] = [
    ("constant", { _, _ in 1 }),
    ("step:1:0.5", { epoch, _ in pow(0.5, epoch.rounded(.down)) }),
    ("multi-step:1,2:0.1", { epoch, _ in epoch >= 2 ? 0.01 : epoch >= 1 ? 0.1 : 1 }),
    ("cosine", { _, share in (1 + cos(.pi * share)) / 2 }),
    ("warm-up:1:1/8:constant", { epoch, _ in epoch < 1 ? 0.125 + 0.875 * epoch : 1 }),
    ("polynomial:2", { _, share in (1 - share) * (1 - share) }),
    ("one-cycle:50%:0.1:0.01:linear", { _, share in share < 0.5 ? 0.1 + 1.8 * share : 1 - 1.98 * (share - 0.5) }),
  ]

  /// 35 divides the 210 examples, 11 leaves a short last batch.
  @Test(arguments: closedForms.indices, [11, 35])
  func theRateIsTheBaseTimesTheFactorAtTheExamplesSeen(_ index: Int, batch: Int) throws {
    let (text, factor) = Self.closedForms[index]
    var run = try TinyRun.plain(rate: 0.2)
    run.schedule = text
    run.batch = batch
    for (examples, rate) in try rates(run) {
      let epoch = Double(examples) / Double(TinyRun.exampleCount)
      let expected = 0.2 * factor(epoch, epoch / Double(run.epochs))
      #expect(abs(rate - expected) < 1e-12, "\(text) after \(examples) examples")
    }
  }

  /// What was set for one batch size holds for another: the same rate after the same examples.
  @Test(arguments: closedForms.map(\.text))
  func aScheduleMeansTheSameAtEveryBatchSize(_ text: String) throws {
    var run = try TinyRun.plain(rate: 0.2)
    run.schedule = text
    run.batch = 1
    let reference = Dictionary(uniqueKeysWithValues: try rates(run).map { ($0.examples, $0.rate) })
    for batch in [7, 10, 105, 210] {
      run.batch = batch
      for (examples, rate) in try rates(run) { #expect(rate == reference[examples]) }
    }
  }

  /// Plain gradient descent: what an update takes away is the gradient times this update's rate.
  @Test func theOptimizerTakesTheScheduledRate() throws {
    var run = TinyRun(OptimizerSettings(try SGD(learningRate: 0.5)))
    run.schedule = "warm-up:1:1/8:cosine"
    run.batch = 30
    // Clips nothing, but has the gradient written out at every update.
    run.regularisation = try Regularisation(clipping: .value(1e9))
    let trainer = try run.trainer(Double.self)
    var before = trainer.parameterValues
    _ = try trainer.run(
      TrainingObserver(onUpdate: { update, _ in
        let rate = try #require(trainer.progress.learningRate)
        let expected = zip(before, trainer.step.gradient.elements).map { $0 - rate * $1 }
        #expect(largestError(trainer.parameterValues, expected) < 1e-15, "update \(update)")
        before = trainer.parameterValues
      }))
    #expect(trainer.progress.update == 21)
  }
}
