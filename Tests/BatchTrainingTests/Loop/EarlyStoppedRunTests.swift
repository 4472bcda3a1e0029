import BatchAlgebra
import BatchData
import BatchTestSupport
import BatchTraining
import Testing

/// Early stopping and averages, as a run uses them.
@Suite struct EarlyStoppedRunTests {
  /// The first evaluation with the smallest loss, and the one at which patience ends; loops over what was recorded.
  private func naive(_ losses: [Double], patience: Int) -> (best: Int, stop: Int?) {
    var best = 0
    for index in losses.indices {
      if losses[index] < losses[best] { best = index }
      if index - best == patience { return (best, index) }
    }
    return (best, nil)
  }

  /// A rate so high that the validation loss goes up and down: some runs stop early, at different evaluations.
  @Test(arguments: [nil, WeightAveraging.ema(decay: 0.5), .swa(from: .epochs(1), every: .percent(5))])
  func stopsAtTheRightEvaluationAndTakesTheBestWeights(_ averaging: WeightAveraging?) throws {
    var stops: Set<Int> = []
    for seed in 1...8 as ClosedRange<UInt64> {
      for restoresBest in [true, false] {
        var run = try TinyRun.plain(rate: 1.5)
        run.seed = seed
        run.batch = 7
        run.epochs = 12
        run.regularisation = try Regularisation(
          averaging: averaging, earlyStopping: EarlyStopping(patience: .evaluations(3), restoresBest: restoresBest))
        let trainer = try run.trainer(Float.self)
        var losses: [Double] = []
        var weights: [[Float]] = []
        let outcome = try trainer.run(
          TrainingObserver(onEvaluation: {
            losses.append($0.validationLoss)
            weights.append(Array(trainer.network.parameters.elements))
          }))
        let (best, stop) = naive(losses, patience: 3)
        // Patience may end with the run.
        let isWhole = trainer.progress.epoch == run.epochs
        #expect(outcome == (isWhole ? .finished : .stoppedEarly) && (isWhole || stop != nil))
        if let stop {
          #expect(losses.count == stop + 1)
          stops.insert(stop)
        }
        #expect(trainer.progress.best?.best?.validationLoss == losses[best])
        #expect(Array(trainer.network.parameters.elements) == weights[restoresBest ? best : weights.count - 1])
      }
    }
    #expect(stops.count > 1, "runs that all stop at one evaluation show little: \(stops)")
  }

  static let averagings: [(WeightAveraging, moments: @Sendable (Int) -> Bool)] = [
    (.ema(decay: 0.8), { _ in true }),
    // Ten updates an epoch: an epoch apart, or from the middle of training on a tenth of it, four updates, apart.
    (.swa(from: .epochs(1)), { $0 >= 10 && $0 % 10 == 0 }),
    (.swa(from: .percent(50), every: .percent(10)), { $0 >= 20 && $0 % 4 == 0 }),
  ]

  /// The averaged weights and what an evaluation says of them, beside a twin that averages in plain loops.
  @Test(arguments: averagings.indices) func theAverageIsEvaluated(_ index: Int) throws {
    let (averaging, isMoment) = Self.averagings[index]
    var run = try TinyRun.plain(rate: 0.3)
    run.batch = 21
    run.epochs = 4
    run.regularisation = try Regularisation(averaging: averaging)
    let trainer = try run.trainer(Double.self)
    let twin = try Network<Double>(run.model, seed: run.seed)
    let evaluator = try Evaluator(twin, on: TinyRun.data.get().validation, loss: run.loss, team: ThreadTeam(threads: 1))
    var done = 0
    var count = 0
    var compared = 0
    /// Takes the weights after an update into the twin; without any it has the run's own.
    func take(_ update: Int) {
      guard update > done else { return }
      done = update
      let isFirst = count == 0
      if isMoment(update) { count += 1 }
      for (i, weight) in trainer.parameterValues.enumerated() {
        if isFirst {
          twin.parameters.elements[i] = weight
        } else if isMoment(update) {
          let share = averaging == .ema(decay: 0.8) ? 0.2 : 1 / Double(count)
          twin.parameters.elements[i] = (1 - share) * twin.parameters.elements[i] + share * weight
        }
      }
    }
    _ = try trainer.run(
      TrainingObserver(
        onUpdate: { update, _ in
          take(update)
          #expect(largestError(Array(trainer.network.parameters.elements), Array(twin.parameters.elements)) < 1e-14)
        },
        onEvaluation: { record in
          take(record.update)
          #expect(abs(record.validationLoss - evaluator.evaluate().mean) < 1e-13)
          if count > 1 { compared += 1 }
        }))
    #expect(done == 40 && compared >= 2)
    #expect(largestError(trainer.parameterValues, Array(twin.parameters.elements)) > 1e-3, "it averages nothing")
  }
}
