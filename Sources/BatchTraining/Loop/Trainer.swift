public import BatchAlgebra
public import BatchData

/// Trains a network for a number of epochs and evaluates it on the way.
///
/// A thin loop over ``TrainingStep``: source, schedules, step, quantities, clock, observer. One seed drives it through
/// the named streams "initialisation", "order" and "dropout"; the same seed and team size give the same bits, also
/// where a run is cut, saved with ``save(to:metadata:)`` and resumed by ``restore(_:acceptingOtherContext:)``.
public final class Trainer<S: Scalar> {
  /// The step; its network is the one that is trained.
  public let step: TrainingStep<S>
  /// The plan.
  public let plan: TrainingPlan
  /// Where the run stands.
  public internal(set) var progress = TrainingProgress()
  /// What is measured in the steps of the run.
  public private(set) var quantities: [any StepQuantity]
  /// What each of them has seen since it last told.
  private var windows: [TrainingProgress.Window?]
  /// The number of updates in the whole run.
  public let plannedUpdates: Int
  /// The numbers of those updates by their batch size, with which a short last batch counts.
  public let plannedUpdatesBySize: [Int: Int]
  /// The learning rate that the schedules multiply.
  public let baseLearningRate: Double

  /// The mean of the weights on the way; nil where the plan asks for none.
  let average: WeightAverager<S>?
  /// The weights of the best evaluation; nil where the plan does not ask for them.
  let best: Network<S>?
  private let clock: TrainingClock
  private var source: any BatchSource
  private var sourceEpoch: Int?
  private let evaluators: RunEvaluators<S>
  private let averageEvaluators: RunEvaluators<S>?
  private let initialParameters: AlignedBuffer<S>

  /// Builds the network and all memory a run on a data set needs.
  ///
  /// Without a context it is the usual one for the team's number of threads.
  ///
  /// - Throws: ``TrainingError`` when model, data and plan do not fit or memory is short.
  public convenience init(
    model: Sequential, data: DataSplits, loss: any Loss, optimizer: any Optimizer, plan: TrainingPlan,
    quantities: [any StepQuantity] = [], team: ThreadTeam, context: ComputeContext? = nil
  ) throws(TrainingError) {
    try plan.check(exampleCount: data.train.count)
    let step: TrainingStep<S>
    do {
      let context = context ?? ComputeContext(for: S.self, threads: team.threads)
      step = try TrainingStep(
        Network<S>(model, seed: plan.seed, context: context), on: data.train, loss: loss, optimizer: optimizer,
        capacity: TrainingClock(plan: plan, exampleCount: data.train.count).largestBatch, microBatch: plan.microBatch,
        regularisation: plan.regularisation, seed: plan.seed, needs: Self.needs(of: quantities), team: team)
    } catch {
      throw .model(error)
    }
    let source = SampledBatches(data.train, sampler: try plan.sampler(exampleCount: data.train.count))
    try self.init(
      step: step, source: source, seen: data.train, validation: data.validation, plan: plan, quantities: quantities)
  }

  /// A run of a step on the batches of a source, evaluated on examples that were seen in training and others.
  ///
  /// Of `seen` as many examples are looked at as there are in `validation`. The step has the capacity that the plan's
  /// largest batch needs, and memory for what the quantities need.
  ///
  /// - Throws: ``TrainingError`` when step, source and plan do not fit or memory is short.
  public init(
    step: TrainingStep<S>, source: any BatchSource, seen: Dataset, validation: Dataset, plan: TrainingPlan,
    quantities: [any StepQuantity] = []
  ) throws(TrainingError) {
    try plan.check(exampleCount: source.exampleCount)
    guard source.format == step.format else {
      throw .plan("the step is made for examples of another format than the source gives")
    }
    clock = TrainingClock(plan: plan, exampleCount: source.exampleCount)
    guard step.capacity >= clock.largestBatch else {
      throw .plan("the step takes batches of \(step.capacity), and the plan comes to \(clock.largestBatch)")
    }
    try Self.require(quantities, of: step)
    do {
      try plan.regularisation.earlyStopping?.requireFit(validation)
    } catch {
      throw .plan(error.description)
    }
    let team = step.workspace.team
    do {
      evaluators = try RunEvaluators(step.network, seen: seen, validation: validation, loss: step.loss, team: team)
      if let averaging = plan.regularisation.averaging {
        let average = try WeightAverager(averaging, of: step.network, team: team)
        averageEvaluators = try RunEvaluators(
          average.network, seen: seen, validation: validation, loss: step.loss, team: team)
        self.average = average
      } else {
        average = nil
        averageEvaluators = nil
      }
      let keepsBest = plan.regularisation.earlyStopping?.restoresBest ?? false
      best = keepsBest ? try Network(copying: step.network) : nil
      initialParameters = try Self.copy(of: step.network.parameters)
    } catch let error as ModelError {
      throw .model(error)
    } catch let error as AllocationError {
      throw .model(.allocation(error))
    } catch {
      throw .plan("\(error)")
    }
    progress.best = plan.regularisation.earlyStopping.map { BestEvaluation($0) }
    plannedUpdatesBySize = clock.updatesBySize(source.batchCount)
    plannedUpdates = plannedUpdatesBySize.values.reduce(0, +)
    baseLearningRate = step.optimizer.learningRate
    self.step = step
    self.source = source
    self.plan = plan
    self.quantities = quantities
    windows = quantities.map { _ in nil }
  }

  /// How much of the training is done, from 0 to 1, by the examples of its epochs.
  ///
  /// Other than the number of updates, that does not hang on how batches grew: a run that was begun with more epochs
  /// may have made more updates than are planned for fewer.
  public var share: Double {
    let epochs = Double(progress.epoch) + Double(progress.place) / Double(source.exampleCount)
    return min(1, epochs / Double(plan.epochs))
  }

  /// Refuses quantities that the step cannot show what they need, or that would be taken for one another.
  private static func require(_ quantities: [any StepQuantity], of step: TrainingStep<S>) throws(TrainingError) {
    var names: Set<String> = []
    for quantity in quantities {
      guard names.insert(quantity.name).inserted else {
        throw .plan("two quantities are called \(quantity.name); give them different names")
      }
      let needs = quantity.needs.intersection(.memory)
      guard step.needs.isSuperset(of: needs) else {
        throw .plan(
          "the quantity \(quantity.name) needs more of the gradients than the step is made for; make the step for what its "
            + "quantities need")
      }
      // What is told of examples and micro-batches is of this process alone, and the gradient of all of them.
      guard step.reduction == nil || needs.isEmpty else {
        throw .plan(
          "the quantity \(quantity.name) looks at gradients of single examples, which are not known of a gradient that is "
            + "reduced over processes")
      }
    }
  }

  private static func needs(of quantities: [any StepQuantity]) -> StepNeeds {
    quantities.reduce(into: []) { $0.formUnion($1.needs) }
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
    if progress.update == 0, observer.evaluates(0, true) { try observer.onEvaluation(evaluate()) }
    let clock = ContinuousClock()
    while progress.epoch < plan.epochs, !hasWaitedEnough {
      let begin = clock.now
      let loss: Double
      switch updateOnce(observer) {
      case .success(let mean): loss = mean
      case .failure(let divergence): return .diverged(divergence)
      }
      progress.seconds += (clock.now - begin) / .seconds(1)
      if observer.evaluates(progress.update, progress.place == 0) {
        try observer.onEvaluation(evaluate())
      }
      try observer.onUpdate(progress.update, loss)
      if observer.shouldStop() { return .stopped }
    }
    takeBestWeights()
    return progress.epoch < plan.epochs ? .stoppedEarly : .finished
  }

  /// The number of examples of an epoch.
  var exampleCount: Int { source.exampleCount }

  /// Whether early stopping ends the run here.
  private var hasWaitedEnough: Bool { progress.best?.shouldStop ?? false }

  /// Trains on the next batch and moves on; gives its mean loss.
  private func updateOnce(_ observer: TrainingObserver) -> Result<Double, Divergence> {
    if sourceEpoch != progress.epoch {
      source.begin(epoch: progress.epoch)
      sourceEpoch = progress.epoch
    }
    let position = clock.position(epoch: progress.epoch, place: progress.place)
    let size = plan.batchSize(at: position)
    guard let count = source.batchCount(at: progress.place, size: size) else {
      preconditionFailure("epoch \(progress.epoch) is over at place \(progress.place)")
    }
    let scheduled = baseLearningRate * plan.rateFactor(at: position)
    step.optimizer.learningRate = observer.learningRate(position, scheduled)
    let result: LossResult
    do {
      result = try train(at: position, count: count, size: size)
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
    if source.batchCount(at: progress.place, size: plan.batchSize(at: position)) == nil {
      (progress.epoch, progress.place) = (progress.epoch + 1, 0)
    }
  }

  private func train(at position: TrainingPosition, count: Int, size: Int) throws(Divergence) -> LossResult {
    let update = progress.update + 1
    let samplesNorm = GradientNormSamples.contains(
      progress.update, beginsEpoch: progress.place == 0, updatesPerEpoch: source.exampleCount / size)
    var needs: StepNeeds = samplesNorm ? .gradient : []
    var isObserved = false
    for quantity in quantities {
      guard let asked = quantity.needs(at: position, update: update) else { continue }
      needs.formUnion(asked)
      isObserved = true
    }
    let writesGradient = needs.contains(.gradient)
    let (epoch, place) = (progress.epoch, progress.place)
    let result =
      writesGradient
      ? step.computeGradient(source, epoch: epoch, at: place, count: count, observing: needs)
      : step(source, epoch: epoch, at: place, count: count, observing: needs)
    guard result.total.isFinite else {
      let (activation, gradient) = step.extremes(source, epoch: epoch, at: place, count: count)
      throw Divergence(update: update, loss: result.mean, activation: activation, gradient: gradient)
    }
    // What needs nothing of the step sees the parameters after the update, whatever others ask for.
    if isObserved, writesGradient {
      observe(result, update: update, position: position, beforeUpdate: true) { !$0.isEmpty }
    }
    if writesGradient { step.update() }
    if isObserved {
      observe(result, update: update, position: position, beforeUpdate: false) { $0.isEmpty || !writesGradient }
    }
    if samplesNorm {
      // Clipping takes the norm of what it then changes; without it the update leaves the gradient as it is.
      progress.interval.gradientNorms += step.lastGradientNorm ?? step.gradientNorm
      progress.interval.gradientNormCount += 1
    }
    return result
  }

  private func observe(
    _ loss: LossResult, update: Int, position: TrainingPosition, beforeUpdate: Bool, _ isShown: (StepNeeds) -> Bool
  ) {
    let result = step.result(
      loss, at: position, beforeUpdate: beforeUpdate,
      initialParameters: UnsafeBufferPointer(initialParameters.elements))
    for index in quantities.indices {
      guard let needs = quantities[index].needs(at: position, update: update), isShown(needs) else { continue }
      quantities[index].observe(result)
      let window = windows[index]
      windows[index] = TrainingProgress.Window(
        first: window?.first ?? update, last: update, count: (window?.count ?? 0) + 1)
    }
  }

  private func evaluate() -> EvaluationRecord {
    let evaluators = average.map { $0.count > 0 } == true ? averageEvaluators ?? evaluators : evaluators
    let training = evaluators.training.evaluate()
    let validation = evaluators.validation.evaluate()
    let record = EvaluationRecord(
      update: progress.update, epoch: Double(progress.epoch) + Double(progress.place) / Double(source.exampleCount),
      examples: progress.examples, seconds: progress.seconds, batchLoss: progress.interval.meanLoss,
      trainingLoss: training.mean, trainingAccuracy: training.accuracy, validationLoss: validation.mean,
      validationAccuracy: validation.accuracy,
      distance: S.kernelSquaredDistance(
        step.network.context.instructionSet, initialParameters.count, step.network.parameters.baseAddress,
        initialParameters.baseAddress
      ).squareRoot(),
      gradientNorm: progress.interval.meanGradientNorm, learningRate: progress.learningRate,
      batchSize: progress.batchSize, measurements: takeMeasurements())
    progress.interval = TrainingProgress.Interval()
    if progress.best?.observe(record) ?? false {
      best?.copyParameters(from: network)
    }
    return record
  }

  /// What the quantities have found, of those that are asked now; nil where none is.
  ///
  /// In the first epoch everything changes fast; later a window that an evaluation cuts in the middle of an epoch tells
  /// less than a whole one.
  private func takeMeasurements() -> [Measurement]? {
    guard progress.update > 0, progress.place == 0 || progress.epoch == 0 else { return nil }
    let isOver = progress.epoch >= plan.epochs
    var measurements: [Measurement] = []
    for index in quantities.indices {
      guard let window = windows[index], isOver || window.count >= quantities[index].leastProbes else { continue }
      for var measurement in quantities[index].takeMeasurements() {
        measurement.firstUpdate = measurement.firstUpdate ?? window.first
        measurement.lastUpdate = measurement.lastUpdate ?? window.last
        measurements.append(measurement.finite)
      }
      windows[index] = nil
    }
    return measurements.isEmpty ? nil : measurements
  }

  /// What the quantities have seen and not yet told, for a checkpoint; set where one is resumed.
  var observations: [String: TrainingProgress.Observation]? {
    get {
      guard !quantities.isEmpty else { return nil }
      let entries = zip(quantities, windows).map {
        ($0.name, TrainingProgress.Observation(window: $1, state: $0.state))
      }
      return Dictionary(uniqueKeysWithValues: entries)
    }
    set {
      for index in quantities.indices {
        guard let observation = newValue?[quantities[index].name] else { continue }
        windows[index] = observation.window
        quantities[index].state = observation.state
      }
    }
  }

  private static func copy(of buffer: AlignedBuffer<S>) throws(AllocationError) -> AlignedBuffer<S> {
    let copy = try AlignedBuffer<S>(count: buffer.count)
    copy.baseAddress.update(from: buffer.baseAddress, count: buffer.count)
    return copy
  }

  private func takeBestWeights() {
    if let best { network.copyParameters(from: best) }
  }
}

/// What a network is evaluated on during training: a part of the training examples as large as the validation part, and
/// that part itself.
private struct RunEvaluators<S: Scalar> {
  let training: Evaluator<S>
  let validation: Evaluator<S>

  init(
    _ network: Network<S>, seen: Dataset, validation: Dataset, loss: any Loss, team: ThreadTeam
  ) throws {
    let part = try seen.subset(Array(0..<Int32(min(seen.count, max(1, validation.count)))))
    training = try Evaluator(network, on: part, loss: loss, team: team)
    self.validation = try Evaluator(network, on: validation, loss: loss, team: team)
  }
}
