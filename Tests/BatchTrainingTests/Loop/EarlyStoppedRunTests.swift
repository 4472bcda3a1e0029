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

  /// A run that waits for an accuracy that there is none of would stop where its patience ends, for no reason.
  @Test func accuracyOfValuesCannotBeWaitedFor() throws {
    let rows = { (count: Int) in
      try Dataset(
        name: "values", features: Matrix(rows: count, columns: 2), targets: .values(Matrix(rows: count, columns: 2)))
    }
    let data = try DataSplits(
      train: rows(20), validation: rows(5), test: rows(5), standardisation: .none, description: "values")
    var run = try TinyRun.plain()
    run.loss = MeanSquaredError()
    run.regularisation = try Regularisation(
      earlyStopping: EarlyStopping(patience: .epochs(1), metric: .validationAccuracy))
    let message = "validation-accuracy needs classes, and values has values; take validation-loss"
    #expect(throws: TrainingError.plan(message)) { try run.trainer(Float.self, data: data) }
    run.regularisation = try Regularisation(earlyStopping: EarlyStopping(patience: .epochs(1)))
    #expect(try run.trainer(Float.self, data: data).run() != .stopped)
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

  static let averagings: [(WeightAveraging, moments: [Int]?)] = [
    (.ema(decay: 0.8), nil),
    // Four epochs of 210 examples: an epoch apart, or from the middle of training on a tenth of it apart.
    (.swa(from: .epochs(1)), [210, 420, 630, 840]),
    (.swa(from: .percent(50), every: .percent(10)), [420, 504, 588, 672, 756, 840]),
  ]

  /// The updates after which one of the moments, counted in examples, has been reached; nil stands for all of them.
  private func updates(reaching moments: [Int]?, batch: Int, _ lastBatch: BatchSampler.LastBatch) -> Set<Int> {
    var updates: Set<Int> = []
    var update = 0
    for epoch in 0..<4 {
      var place = 0
      while place < 210, lastBatch != .drop || place + batch <= 210 {
        // After the last batch of an epoch the run stands at the next one, whatever that batch has left or repeated.
        let isLast = lastBatch == .drop ? place + 2 * batch > 210 : place + batch >= 210
        let (start, end) = (210 * epoch + place, isLast ? 210 * (epoch + 1) : 210 * epoch + place + batch)
        update += 1
        if moments?.contains(where: { start < $0 && $0 <= end }) ?? true { updates.insert(update) }
        place += batch
      }
    }
    return updates
  }

  /// The averaged weights and what an evaluation says of them, beside a twin that averages in plain loops; a batch that
  /// divides the examples, and one that does not.
  @Test(arguments: averagings.indices, BatchSampler.LastBatch.allCases)
  func theAverageIsEvaluated(_ index: Int, _ lastBatch: BatchSampler.LastBatch) throws {
    for batch in [21, 40] { try check(Self.averagings[index], batch: batch, lastBatch) }
  }

  private func check(
    _ example: (WeightAveraging, moments: [Int]?), batch: Int, _ lastBatch: BatchSampler.LastBatch
  ) throws {
    let (averaging, moments) = example
    let included = updates(reaching: moments, batch: batch, lastBatch)
    var run = try TinyRun.plain(rate: 0.3)
    run.batch = batch
    run.epochs = 4
    run.lastBatch = lastBatch
    run.regularisation = try Regularisation(averaging: averaging)
    let trainer = try run.trainer(Double.self)
    let twin = try Network<Double>(run.model, seed: run.seed, context: .test(Double.self))
    let evaluator = try Evaluator(twin, on: TinyRun.data.get().validation, loss: run.loss, team: ThreadTeam(threads: 1))
    var done = 0
    var count = 0
    var compared = 0
    /// Takes the weights after an update into the twin; without any it has the run's own.
    func take(_ update: Int) {
      guard update > done else { return }
      done = update
      let isFirst = count == 0
      if included.contains(update) { count += 1 }
      for (i, weight) in trainer.parameterValues.enumerated() {
        if isFirst {
          twin.parameters.elements[i] = weight
        } else if included.contains(update) {
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
    #expect(done == trainer.plannedUpdates && compared >= 2)
    #expect(count == (moments?.count ?? done), "a moment is missed or comes twice")
    #expect(largestError(trainer.parameterValues, Array(twin.parameters.elements)) > 1e-3, "it averages nothing")
  }
}
