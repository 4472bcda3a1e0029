public import BatchAlgebra
public import BatchData

/// Trains a network on a data set for a number of epochs and evaluates it on the way.
///
/// A thin loop over ``TrainingStep``: sampler, step, clock, observer. One seed drives it through the named streams
/// "initialisation" and "order"; the same seed and team size give the same bits.
public final class Trainer<S: Scalar> {
  /// The step; its network is the one that is trained.
  public let step: TrainingStep<S>
  /// The plan.
  public let plan: TrainingPlan
  /// The number of updates in an epoch.
  public var updatesPerEpoch: Int { sampler.batchesPerEpoch }

  private var sampler: BatchSampler
  private let exampleCount: Int
  private let trainingEvaluator: Evaluator<S>
  private let validationEvaluator: Evaluator<S>
  private let initialParameters: AlignedBuffer<S>

  /// Builds the network and all memory a run needs.
  ///
  /// - Throws: ``TrainingError`` when model, data and plan do not fit or memory is short.
  public init(
    model: Sequential, data: DataSplits, loss: Loss, optimizer: any Optimizer, plan: TrainingPlan, team: ThreadTeam
  ) throws(TrainingError) {
    guard plan.epochs > 0 else { throw .plan("training needs at least 1 epoch, not \(plan.epochs)") }
    let seen: Dataset
    do {
      sampler = try BatchSampler(
        exampleCount: data.train.count, batchSize: plan.batchSize, lastBatch: plan.lastBatch, seed: plan.seed)
      seen = try data.train.subset(Array(0..<Int32(min(data.train.count, max(1, data.validation.count)))))
    } catch {
      throw .data(error)
    }
    do {
      let network = try Network<S>(model, seed: plan.seed)
      step = try TrainingStep(
        network, on: data.train, loss: loss, optimizer: optimizer, capacity: plan.batchSize, team: team)
      trainingEvaluator = try Evaluator(network, on: seen, loss: loss, team: team)
      validationEvaluator = try Evaluator(network, on: data.validation, loss: loss, team: team)
      initialParameters = try Self.copy(of: network.parameters)
    } catch {
      throw .model(error)
    }
    exampleCount = data.train.count
    self.plan = plan
  }

  /// Trains from the first update to the last, or until the observer stops it or the loss is no number any more.
  ///
  /// - Throws: What the observer throws.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func run(_ observer: TrainingObserver = TrainingObserver()) throws -> TrainingOutcome {
    let schedule = EvaluationSchedule(updatesPerEpoch: updatesPerEpoch)
    var progress = Progress()
    try observer.onEvaluation(evaluate(&progress))
    let clock = ContinuousClock()
    var resumed = clock.now
    for epoch in 0..<plan.epochs {
      sampler.start(epoch: epoch)
      for batch in 0..<updatesPerEpoch {
        let result = sampler.withBatch(batch) { indices in train(on: indices, progress: &progress) }
        observer.onUpdate(progress.update, result.mean)
        if !result.total.isFinite { return .diverged(update: progress.update) }
        if observer.shouldStop() { return .stopped }
        if schedule.contains(progress.update) {
          progress.seconds += (clock.now - resumed) / .seconds(1)
          try observer.onEvaluation(evaluate(&progress))
          resumed = clock.now
        }
      }
    }
    return .finished
  }

  private func train(on indices: UnsafeBufferPointer<Int32>, progress: inout Progress) -> LossResult {
    let result: LossResult
    // The norm needs the gradient written out: 64 samples an epoch are enough for a mean and cost next to nothing.
    if progress.update % max(1, updatesPerEpoch / 64) == 0 {
      result = step.computeGradient(indices)
      progress.gradientNorms += sumOfSquares(UnsafeBufferPointer(step.gradient.elements)).squareRoot()
      progress.gradientNormCount += 1
      step.update()
    } else {
      result = step(indices)
    }
    progress.update += 1
    progress.examples += indices.count
    progress.losses += result.mean
    progress.lossCount += 1
    return result
  }

  private func evaluate(_ progress: inout Progress) -> EvaluationRecord {
    let training = trainingEvaluator.evaluate()
    let validation = validationEvaluator.evaluate()
    defer { progress.startInterval() }
    return EvaluationRecord(
      update: progress.update, epoch: Double(progress.update) / Double(updatesPerEpoch), examples: progress.examples,
      seconds: progress.seconds, batchLoss: progress.meanLoss, trainingLoss: training.mean,
      trainingAccuracy: training.accuracy, validationLoss: validation.mean, validationAccuracy: validation.accuracy,
      distance: distanceFromStart(), gradientNorm: progress.meanGradientNorm)
  }

  private func distanceFromStart() -> Double {
    let parameters = step.network.parameters
    return S.kernelSquaredDistance(parameters.count, parameters.baseAddress, initialParameters.baseAddress).squareRoot()
  }

  private static func copy(of buffer: AlignedBuffer<S>) throws(ModelError) -> AlignedBuffer<S> {
    do {
      let copy = try AlignedBuffer<S>(count: buffer.count)
      copy.baseAddress.update(from: buffer.baseAddress, count: buffer.count)
      return copy
    } catch {
      throw .allocation(error)
    }
  }
}

/// Where a run stands, and the sums since its last evaluation.
private struct Progress {
  var update = 0
  var examples = 0
  var seconds = 0.0
  var losses = 0.0
  var lossCount = 0
  var gradientNorms = 0.0
  var gradientNormCount = 0

  var meanLoss: Double? { lossCount > 0 ? losses / Double(lossCount) : nil }
  var meanGradientNorm: Double? { gradientNormCount > 0 ? gradientNorms / Double(gradientNormCount) : nil }

  mutating func startInterval() {
    losses = 0
    lossCount = 0
    gradientNorms = 0
    gradientNormCount = 0
  }
}
