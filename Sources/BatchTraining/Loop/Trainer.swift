public import BatchAlgebra
public import BatchData

/// Trains a network on a data set for a number of epochs and evaluates it on the way.
///
/// A thin loop over ``TrainingStep``: sampler, schedules, step, clock, observer. One seed drives it through the named
/// streams "initialisation", "order" and "dropout"; the same seed and team size give the same bits, also where a run is
/// cut, saved with ``save(to:metadata:)`` and resumed by ``restore(_:)``.
public final class Trainer<S: Scalar> {
  /// The step; its network is the one that is trained.
  public let step: TrainingStep<S>
  /// The plan.
  public let plan: TrainingPlan
  /// Where the run stands.
  public internal(set) var progress = TrainingProgress()
  /// The number of updates in the whole run.
  public let plannedUpdates: Int
  /// The numbers of those updates by their batch size, with which a short last batch counts.
  public let plannedUpdatesBySize: [Int: Int]
  /// The learning rate that the schedules multiply.
  public let baseLearningRate: Double

  /// The mean of the weights on the way; nil where the plan asks for none.
  let average: WeightAverager<S>?
  /// The weights of the best evaluation; nil where the plan does not ask for them.
  let bestParameters: AlignedBuffer<S>?
  private let clock: TrainingClock
  private var sampler: BatchSampler
  private let evaluators: RunEvaluators<S>
  private let averageEvaluators: RunEvaluators<S>?
  private let initialParameters: AlignedBuffer<S>

  /// Builds the network and all memory a run needs; without a context the usual one for the team's threads is taken.
  ///
  /// - Throws: ``TrainingError`` when model, data and plan do not fit or memory is short.
  public init(
    model: Sequential, data: DataSplits, loss: Loss, optimizer: any Optimizer, plan: TrainingPlan, team: ThreadTeam,
    context: ComputeContext? = nil
  ) throws(TrainingError) {
    try plan.check(exampleCount: data.train.count)
    do {
      try plan.regularisation.earlyStopping?.metric.requireFit(data.train)
    } catch {
      throw .plan(error.description)
    }
    clock = TrainingClock(plan: plan, exampleCount: data.train.count)
    sampler = try plan.sampler(exampleCount: data.train.count)
    do {
      let network = try Network<S>(
        model, seed: plan.seed, context: context ?? ComputeContext(for: S.self, threads: team.threads))
      step = try TrainingStep(
        network, on: data.train, loss: loss, optimizer: optimizer, capacity: clock.largestBatch,
        microBatch: plan.microBatch, regularisation: plan.regularisation, seed: plan.seed, team: team)
      evaluators = try RunEvaluators(network, data: data, loss: loss, team: team)
      if let averaging = plan.regularisation.averaging {
        let average = try WeightAverager(averaging, of: network, team: team)
        averageEvaluators = try RunEvaluators(average.network, data: data, loss: loss, team: team)
        self.average = average
      } else {
        average = nil
        averageEvaluators = nil
      }
      let keepsBest = plan.regularisation.earlyStopping?.restoresBest ?? false
      bestParameters = keepsBest ? try Self.copy(of: network.parameters) : nil
      initialParameters = try Self.copy(of: network.parameters)
    } catch let error as ModelError {
      throw .model(error)
    } catch let error as AllocationError {
      throw .model(.allocation(error))
    } catch {
      throw .plan("\(error)")
    }
    progress.best = plan.regularisation.earlyStopping.map { BestEvaluation($0) }
    plannedUpdatesBySize = clock.updatesBySize(sampler)
    plannedUpdates = plannedUpdatesBySize.values.reduce(0, +)
    baseLearningRate = optimizer.learningRate
    self.plan = plan
  }

  /// The network as it is evaluated: with the averaged weights, once there are any, else as it is trained.
  public var network: Network<S> {
    guard let average, average.count > 0 else { return step.network }
    return average.network
  }

  /// Trains from where the run stands to its end, or until the observer stops it, the validation gets no better, or the
  /// loss is no number any more.
  ///
  /// - Throws: What the observer throws.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(_ observer: TrainingObserver = TrainingObserver()) throws -> TrainingOutcome {
    if progress.update == 0 { try observer.onEvaluation(evaluate()) }
    let clock = ContinuousClock()
    while progress.epoch < plan.epochs, !hasWaitedEnough {
      let begin = clock.now
      let loss: Double
      switch updateOnce() {
      case .success(let mean): loss = mean
      case .failure(let divergence): return .diverged(divergence)
      }
      progress.seconds += (clock.now - begin) / .seconds(1)
      if EvaluationSchedule.contains(progress.update, endsEpoch: progress.place == 0) {
        try observer.onEvaluation(evaluate())
      }
      try observer.onUpdate(progress.update, loss)
      if observer.shouldStop() { return .stopped }
    }
    takeBestWeights()
    return progress.epoch < plan.epochs ? .stoppedEarly : .finished
  }

  /// The number of examples in the training part.
  var exampleCount: Int { sampler.exampleCount }

  /// Whether early stopping ends the run here.
  private var hasWaitedEnough: Bool { progress.best?.shouldStop ?? false }

  /// Trains on the next batch and moves on; gives its mean loss.
  private func updateOnce() -> Result<Double, Divergence> {
    if sampler.epoch != progress.epoch { sampler.start(epoch: progress.epoch) }
    let position = clock.position(epoch: progress.epoch, place: progress.place)
    let size = plan.batchSize(at: position)
    guard let count = sampler.count(at: progress.place, size: size) else {
      preconditionFailure("epoch \(progress.epoch) is over at place \(progress.place)")
    }
    step.optimizer.learningRate = baseLearningRate * plan.rateFactor(at: position)
    let result: LossResult
    do {
      result = try sampler.withExamples(at: progress.place, count: count) { indices throws(Divergence) in
        try train(on: indices, size: size)
      }
    } catch {
      return .failure(error)
    }
    progress.learningRate = step.optimizer.learningRate
    progress.batchSize = size
    progress.update += 1
    progress.examples += count
    progress.interval.losses += result.total
    progress.interval.lossCount += result.examples
    advance(by: count)
    average?.update(from: position, to: clock.position(epoch: progress.epoch, place: progress.place))
    progress.averaged = average?.count ?? 0
    return .success(result.mean)
  }

  /// Moves on in the epoch, or to the next where no batch is left.
  func advance(by count: Int) {
    progress.place += count
    let position = clock.position(epoch: progress.epoch, place: progress.place)
    if sampler.count(at: progress.place, size: plan.batchSize(at: position)) == nil {
      (progress.epoch, progress.place) = (progress.epoch + 1, 0)
    }
  }

  private func train(on indices: UnsafeBufferPointer<Int32>, size: Int) throws(Divergence) -> LossResult {
    let isSampled = GradientNormSamples.contains(
      progress.update, beginsEpoch: progress.place == 0, updatesPerEpoch: sampler.exampleCount / size)
    let result = isSampled ? step.computeGradient(indices) : step(indices)
    guard result.total.isFinite else {
      let (activation, gradient) = step.extremes(indices)
      throw Divergence(update: progress.update + 1, loss: result.mean, activation: activation, gradient: gradient)
    }
    if isSampled {
      step.update()
      // Clipping takes the norm of what it then changes; without it the update leaves the gradient as it is.
      progress.interval.gradientNorms += step.lastGradientNorm ?? step.gradientNorm
      progress.interval.gradientNormCount += 1
    }
    return result
  }

  private func evaluate() -> EvaluationRecord {
    let evaluators = average.map { $0.count > 0 } == true ? averageEvaluators ?? evaluators : evaluators
    let training = evaluators.training.evaluate()
    let validation = evaluators.validation.evaluate()
    let record = EvaluationRecord(
      update: progress.update, epoch: Double(progress.epoch) + Double(progress.place) / Double(sampler.exampleCount),
      examples: progress.examples, seconds: progress.seconds, batchLoss: progress.interval.meanLoss,
      trainingLoss: training.mean, trainingAccuracy: training.accuracy, validationLoss: validation.mean,
      validationAccuracy: validation.accuracy,
      distance: S.kernelSquaredDistance(
        step.network.context.instructionSet, initialParameters.count, step.network.parameters.baseAddress,
        initialParameters.baseAddress
      ).squareRoot(),
      gradientNorm: progress.interval.meanGradientNorm, learningRate: progress.learningRate,
      batchSize: progress.batchSize)
    progress.interval = TrainingProgress.Interval()
    if progress.best?.observe(record) ?? false {
      bestParameters?.baseAddress.update(from: network.parameters.baseAddress, count: initialParameters.count)
    }
    return record
  }

  private static func copy(of buffer: AlignedBuffer<S>) throws(AllocationError) -> AlignedBuffer<S> {
    let copy = try AlignedBuffer<S>(count: buffer.count)
    copy.baseAddress.update(from: buffer.baseAddress, count: buffer.count)
    return copy
  }

  private func takeBestWeights() {
    guard let bestParameters else { return }
    network.parameters.baseAddress.update(from: bestParameters.baseAddress, count: bestParameters.count)
  }
}

/// What a network is evaluated on during training: a part of the training examples as large as the validation part, and
/// that part itself.
private struct RunEvaluators<S: Scalar> {
  let training: Evaluator<S>
  let validation: Evaluator<S>

  init(_ network: Network<S>, data: DataSplits, loss: Loss, team: ThreadTeam) throws {
    let seen = try data.train.subset(Array(0..<Int32(min(data.train.count, max(1, data.validation.count)))))
    training = try Evaluator(network, on: seen, loss: loss, team: team)
    validation = try Evaluator(network, on: data.validation, loss: loss, team: team)
  }
}
