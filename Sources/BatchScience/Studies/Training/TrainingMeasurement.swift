public import BatchAlgebra
public import BatchData
public import BatchProfiling
public import BatchTraining

/// How a study of training runs measures its trials: it trains a model from scratch, evaluates it on the way, and keeps
/// its predictions for the test part.
public struct TrainingMeasurement<Plan: TrainingStudyPlan>: StudyMeasurement {
  public let plan: Plan
  private let data: DataSplits
  private let model: Sequential

  /// A plan with the data and the model that it names.
  public init(plan: Plan, data: DataSplits, model: Sequential) {
    self.plan = plan
    self.data = data
    self.model = model
  }

  /// Sets up each trial as far as its recipe goes, and builds what the largest batch needs.
  public func check(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) {
    do {
      for trial in plan.trials { _ = try plan.training(trial) }
    } catch {
      throw .training(error)
    }
    if let largest = plan.trials.max(by: { $0.batchSize < $1.batchSize }) { _ = try trainer(largest, context, team) }
  }

  public func sharedArrays() throws(StudyError) -> [String: Matrix<Float>] {
    let targets: Matrix<Float>
    switch data.test.targets {
    case .values(let values): targets = values
    case .classes(let labels, _):
      do {
        targets = try Matrix(rows: labels.count, columns: 1, labels.map(Float.init))
      } catch {
        throw .training(.model(.allocation(error)))
      }
    }
    return [TrainingArrays.testTargets: targets]
  }

  public func measure(
    _ trial: Plan.Trial, _ recorder: TrialRecorder<Plan>
  ) throws(StudyError) -> TrainedOutcome {
    let trainer = try trainer(trial, recorder.context, recorder.team)
    let updates = trainer.plannedUpdates
    let outcome: TrainingOutcome
    do {
      outcome = try trainer.run(
        TrainingObserver(
          onUpdate: { try recorder.progress(Double($0) / Double(updates), (name: "loss", value: $1)) },
          onEvaluation: { try recorder.record($0) }))
    } catch let error as StudyError {
      throw error
    } catch {
      preconditionFailure("only the recorder can throw: \(error)")
    }
    let (rate, parameters) = (trainer.baseLearningRate, trainer.step.network.parameterCount)
    if case .diverged(let divergence) = outcome {
      return TrainedOutcome(
        learningRate: rate, parameters: parameters, updates: updates, divergedAtUpdate: divergence.update)
    }
    do {
      let evaluator = try Evaluator(trainer.network, on: data.test, loss: plan.common.loss, team: recorder.team)
      let result = evaluator.evaluate()
      // Written before the trial counts as finished.
      try recorder.keep(try evaluator.predictions(), as: TrainingArrays.predictions)
      return TrainedOutcome(
        learningRate: rate, parameters: parameters, updates: updates, testLoss: result.mean,
        testAccuracy: result.accuracy)
    } catch let error as StudyError {
      throw error
    } catch let error as ModelError {
      throw .training(.model(error))
    } catch {
      preconditionFailure("an evaluation throws nothing else: \(error)")
    }
  }

  public func stepTimes(
    _ context: ComputeContext, team: ThreadTeam, _ observer: ProfileObserver
  ) throws(StudyError) -> [StepTimes.Point]? {
    guard plan.comparesSeconds else { return nil }
    return try TrainingStepTiming(plan: plan, data: data.train, model: model, context: context, team: team).points(
      observer)
  }

  /// Times steps at each batch size of the plan, and where it grows at each that it comes to.
  public func cost(_ context: ComputeContext, team: ThreadTeam) throws(StudyError) -> StudyCost {
    try TrainingStepTiming(plan: plan, data: data.train, model: model, context: context, team: team).cost()
  }

  private func trainer(
    _ trial: Plan.Trial, _ context: ComputeContext, _ team: ThreadTeam
  ) throws(StudyError) -> Trainer<Float> {
    do {
      let training = try plan.training(trial)
      return try Trainer<Float>(
        model: model, data: data, loss: plan.common.loss, optimizer: training.optimizer, plan: training.plan,
        quantities: plan.quantities(of: trial, model: model, data: data.train, context, team: team), team: team,
        context: context)
    } catch {
      throw .training(error)
    }
  }
}
