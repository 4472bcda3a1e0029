import BatchAlgebra
public import BatchData
import BatchFormats
import BatchFoundation
import BatchProfiling
public import BatchTraining

/// Runs the trials of a sweep that its folder does not hold yet.
public struct SweepStudy {
  private let description: SweepDescription
  private let data: DataSplits
  private let model: Sequential
  private let team: ThreadTeam
  private let folder: StudyFolder

  /// The trials that are not finished.
  public let remaining: [TrialID]

  /// Opens the folder: makes it, or goes on with a study of the same plan.
  ///
  /// - Throws: ``StudyError`` when the folder holds another study, is in use or cannot be written, or when the plan
  ///   cannot be trained.
  public init(
    plan: SweepPlan, data: DataSplits, model: Sequential, folder path: String, arguments: [String] = []
  ) throws(StudyError) {
    // Bad plans fail here, before anything is written.
    team = try Self.check(plan, data: data, model: model)
    description = SweepDescription(plan: plan, arguments: arguments)
    self.data = data
    self.model = model
    folder = try StudyFolder(path: path, description: description, test: data.test)
    remaining = plan.trials.filter { !StudyFolder.isFinished($0, in: path) }
  }

  /// Builds what the largest batch needs, at which a plan that cannot be trained fails; gives the team that it asks
  /// for.
  @discardableResult
  static func check(_ plan: SweepPlan, data: DataSplits, model: Sequential) throws(StudyError) -> ThreadTeam {
    let team: ThreadTeam
    do {
      team = try ThreadTeam(threads: plan.threads)
    } catch {
      throw .training(.plan(error.description))
    }
    if let largest = plan.batchSizes.last, let seed = plan.seeds.first {
      _ = try trainer(TrialID(batchSize: largest, seed: seed), plan: plan, data: data, model: model, team: team)
    }
    return team
  }

  /// What a running study tells and asks.
  public struct Observer {
    /// Called before a trial's first update with the number of updates it will take.
    public var onStart: (_ trial: TrialID, _ updates: Int) -> Void
    /// Called after every update.
    public var onUpdate: (_ trial: TrialID, _ update: Int, _ loss: Double) -> Void
    /// Called when a trial is safe on the disk.
    public var onFinish: (_ trial: TrialID, _ end: TrialEnd) -> Void
    /// Asked after every update: true ends the study with ``StudyError/interrupted``.
    public var shouldStop: () -> Bool

    /// An observer that does nothing but what it is given.
    public init(
      onStart: @escaping (_ trial: TrialID, _ updates: Int) -> Void = { _, _ in },
      onUpdate: @escaping (_ trial: TrialID, _ update: Int, _ loss: Double) -> Void = { _, _, _ in },
      onFinish: @escaping (_ trial: TrialID, _ end: TrialEnd) -> Void = { _, _ in },
      shouldStop: @escaping () -> Bool = { false }
    ) {
      self.onStart = onStart
      self.onUpdate = onUpdate
      self.onFinish = onFinish
      self.shouldStop = shouldStop
    }
  }

  /// Runs the remaining trials, one after another, each on all threads.
  ///
  /// - Throws: ``StudyError`` when a file cannot be written or the observer stops the study; finished trials are safe.
  public func run(_ observer: Observer = Observer()) throws(StudyError) {
    for trial in remaining { try run(trial, observer) }
  }

  private func run(_ trial: TrialID, _ observer: Observer) throws(StudyError) {
    let trainer = try Self.trainer(trial, plan: description.plan, data: data, model: model, team: team)
    let eventsPath = StudyFolder.eventsPath(folder.path, trial)
    var events = try filing { () throws(FileError) in try AppendingFile(path: eventsPath + ".partial") }
    let start = TrialStart(
      trial: trial, parameters: trainer.step.network.parameterCount, updates: trainer.plannedUpdates,
      environment: .current())
    try filing { () throws(FileError) in try events.append(RecordJSON.line(TrialEvent.start(start))) }
    observer.onStart(trial, trainer.plannedUpdates)
    let outcome: TrainingOutcome
    do {
      outcome = try trainer.run(
        TrainingObserver(
          onUpdate: { observer.onUpdate(trial, $0, $1) },
          onEvaluation: { try events.append(RecordJSON.line(TrialEvent.evaluation($0))) },
          shouldStop: observer.shouldStop))
    } catch let error as FileError {
      throw .file(error)
    } catch {
      preconditionFailure("only the study's own observer can throw: \(error)")
    }
    if outcome == .stopped { throw .interrupted }
    let end = try finish(trial, trainer: trainer, outcome: outcome)
    try filing { () throws(FileError) in
      try events.append(RecordJSON.line(TrialEvent.end(end)))
      try events.finish(renamingTo: eventsPath)
    }
    observer.onFinish(trial, end)
  }

  /// Evaluates a trained network on the test part; its predictions are written before the trial counts as finished.
  private func finish(
    _ trial: TrialID, trainer: Trainer<Float>, outcome: TrainingOutcome
  ) throws(StudyError) -> TrialEnd {
    if case .diverged(let divergence) = outcome { return TrialEnd(divergedAtUpdate: divergence.update) }
    let result: LossResult
    let predictions: Matrix<Float>
    do {
      let evaluator = try Evaluator(trainer.network, on: data.test, loss: description.plan.loss, team: team)
      result = evaluator.evaluate()
      predictions = try evaluator.predictions()
    } catch {
      throw .training(.model(error))
    }
    try filing { () throws(FileError) in
      try DurableFile.write(NPY.encode(predictions), to: StudyFolder.predictionsPath(folder.path, trial))
    }
    return TrialEnd(testLoss: result.mean, testAccuracy: result.accuracy)
  }

  private static func trainer(
    _ trial: TrialID, plan: SweepPlan, data: DataSplits, model: Sequential, team: ThreadTeam
  ) throws(StudyError) -> Trainer<Float> {
    do {
      let training = try plan.training(trial)
      return try Trainer<Float>(
        model: model, data: data, loss: plan.loss, optimizer: training.optimizer, plan: training.plan, team: team)
    } catch {
      throw .training(error)
    }
  }
}
