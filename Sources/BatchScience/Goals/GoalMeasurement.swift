public import BatchAlgebra
public import BatchData
public import BatchProfiling
public import BatchTraining

/// How a study of runs to a goal measures them: it trains a model from scratch, evaluates it more often the nearer it
/// comes to the goal, and stops there.
public struct GoalMeasurement<Plan: GoalStudyPlan>: StudyMeasurement {
  public let plan: Plan
  private let data: DataSplits
  private let model: Sequential

  /// A plan with the data and the model that it names.
  public init(plan: Plan, data: DataSplits, model: Sequential) {
    self.plan = plan
    self.data = data
    self.model = model
  }

  /// Builds what the largest batch needs, and looks whether there is anything to train.
  ///
  /// - Throws: ``StudyError/goal(_:)`` where targets have no accuracy, or the initial weights of the first seed meet the
  ///   goal.
  public func check(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) {
    if plan.measure == .accuracy, case .values = data.validation.targets { throw .goal(.noAccuracy) }
    guard let first = plan.trials.first else { return }
    var largest = first
    largest.batchSize = plan.timedSizes.max() ?? first.batchSize
    let trainer = try trainer(largest, context, team)
    guard let goal = plan.commonGoal else { return }
    var start: Double?
    _ = try? trainer.run(
      TrainingObserver(
        onEvaluation: { start = goal.measure.number($0) }, shouldStop: { true },
        evaluates: { update, _ in update == 0 }))
    if let start, goal.isMet(by: start) { throw .goal(.metAtTheStart(goal, value: start)) }
  }

  public func measure(_ trial: GoalTrial, _ recorder: TrialRecorder<Plan>) throws(StudyError) -> GoalOutcome {
    let trainer = try trainer(trial, recorder.context, recorder.team)
    let observes = !trainer.quantities.isEmpty
    var course = GoalCourse(trial, measure: plan.measure)
    let outcome: TrainingOutcome
    do {
      outcome = try trainer.run(
        TrainingObserver(
          onUpdate: {
            try recorder.progress(min(1, Double($0) / Double(trial.mostUpdates)), (name: "loss", value: $1))
          },
          onEvaluation: { record in
            try recorder.record(record)
            course.take(record)
          },
          shouldStop: { course.end != nil },
          evaluates: { update, endsEpoch in course.isDue(update) || (observes && endsEpoch) }))
    } catch let error as StudyError {
      throw error
    } catch {
      preconditionFailure("only the recorder can throw: \(error)")
    }
    var end = course.end ?? .outOfUpdates
    if case .diverged = outcome { end = .diverged }
    return GoalOutcome(
      end: end, stepsToGoal: end == .reached ? course.stepsToGoal : nil, updates: trainer.progress.update,
      best: course.best, parameters: trainer.step.network.parameterCount)
  }

  public func stepTimes(
    _ context: ComputeContext, team: ThreadTeam, _ observer: ProfileObserver
  ) throws(StudyError) -> [StepTimes.Point]? {
    let timing = StepTiming(
      common: plan.common, optimizer: plan.common.recipe.optimizer, data: data.train, model: model, context: context,
      team: team)
    var settings = TimingSettings()
    settings.maximumSeconds = plan.timingSeconds
    settings.minimumCycles = Self.leastCycles
    // Beside what is not known of the updates, that is nothing.
    settings.precision = 0.03
    guard let runs = try? timing.runs(plan.timedSizes) else { return nil }
    // A sample is warmed up by as much again. What would take longer than there is time is left out: the largest sizes.
    var seconds = 0.0
    let affordable = runs.runs.prefix { run in
      seconds += 2 * max(run.secondsPerStep, settings.sampleSeconds)
      return seconds * Double(Self.leastCycles) <= plan.timingSeconds
    }
    guard let result = try? timing.time((runs.step, Array(affordable)), settings, observer) else { return nil }
    if result.wasStopped { throw .interrupted }
    return result.points
  }

  /// As many times as an interval of a median needs, and a few that are disturbed.
  private static var leastCycles: Int { 8 }

  /// About what the runs take at most: those of a search and of the seeds, each with all of its updates.
  public func cost(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) -> StudyCost {
    let points = try stepTimes(context, team: team, ProfileObserver()) ?? []
    let seconds = Dictionary(uniqueKeysWithValues: points.map { ($0.batch, $0.samples.estimate?.value ?? 0) })
    return StudyCost(
      entries: plan.mostTrials.sorted { $0.key < $1.key }.map { size, most in
        StudyCost.Entry(
          batchSize: size, trialCount: most.trials, updatesBySize: [size: most.updates],
          secondsPerStep: { seconds[$0] ?? 0 })
      })
  }

  private func trainer(
    _ trial: GoalTrial, _ context: ComputeContext, _ team: ThreadTeam
  ) throws(StudyError) -> Trainer<Float> {
    let common = plan.common
    do {
      let perEpoch = max(1, data.train.count / trial.batchSize)
      let training = TrainingPlan(
        batchSize: trial.batchSize, microBatch: common.microBatch, epochs: trial.mostUpdates / perEpoch + 1,
        lastBatch: common.lastBatch, seed: trial.seed, schedule: common.recipe.schedule,
        regularisation: common.regularisation)
      let quantities = plan.quantities(of: trial)
      let step = try TrainingStep(
        Network<Float>(model, seed: trial.seed, context: context), on: data.train, loss: common.loss,
        optimizer: plan.optimizer(of: trial), capacity: trial.batchSize, microBatch: common.microBatch,
        regularisation: common.regularisation, seed: trial.seed,
        needs: quantities.reduce(into: []) { $0.formUnion($1.needs) }, team: team)
      let sampler = try BatchSampler(
        exampleCount: data.train.count, batchSize: trial.batchSize, lastBatch: common.lastBatch, seed: trial.seed)
      // What is not looked at is evaluated on a few examples only.
      let few = Array(0..<Int32(min(data.train.count, Self.glance)))
      let seen = plan.measure == .trainingLoss ? data.train : try data.train.subset(few)
      return try Trainer(
        step: step, source: SampledBatches(data.train, sampler: sampler), seen: seen, validation: data.validation,
        plan: training, quantities: quantities)
    } catch let error as TrainingError {
      throw .training(error)
    } catch let error as ModelError {
      throw .training(.model(error))
    } catch {
      throw .training(.plan("\(error)"))
    }
  }

  /// On how many examples the training loss is evaluated where it is not the goal.
  private static var glance: Int { 256 }
}
