public import BatchAlgebra
public import BatchData
public import BatchTraining

/// A plan whose trials are training runs: they share the settings of a sweep, and each has a recipe.
///
/// A new study of training runs says which trials it has and how each is trained; ``TrainingMeasurement`` does the
/// rest.
public protocol TrainingStudyPlan: StudyPlan where Record == EvaluationRecord, Outcome == TrainedOutcome {
  /// What all trials share.
  var common: SweepPlan { get }

  /// How a trial is trained.
  func recipe(of trial: Trial) -> TrainingRecipe

  /// What is measured in the steps of a trial, on its network's model and the training part.
  ///
  /// - Throws: `TrainingError` when that cannot be measured.
  func quantities(
    of trial: Trial, model: Sequential, data: Dataset, _ context: ComputeContext, team: ThreadTeam
  ) throws(TrainingError) -> [any StepQuantity]

  /// Whether the study tells seconds, for which steps are timed by themselves.
  var comparesSeconds: Bool { get }
}

extension TrainingStudyPlan {
  /// Nothing.
  public func quantities(
    of trial: Trial, model: Sequential, data: Dataset, _ context: ComputeContext, team: ThreadTeam
  ) throws(TrainingError) -> [any StepQuantity] { [] }

  /// It does.
  public var comparesSeconds: Bool { true }
}

/// What a trial that is a training run ends with.
public struct TrainedOutcome: Sendable, Hashable, Codable {
  /// The optimizer's learning rate, as it was carried to the trial's batch size.
  public var learningRate: Double
  /// The number of trainable parameters.
  public var parameters: Int
  /// The number of updates that the run was to have.
  public var updates: Int
  /// The update at which the loss ceased to be a number; nil for a trial that finished.
  public var divergedAtUpdate: Int?
  /// The loss over the test part; nil for a trial that diverged.
  public var testLoss: Double?
  /// The share of test examples predicted right; nil for a trial that diverged or targets that are values.
  public var testAccuracy: Double?

  /// An outcome with all of its parts.
  public init(
    learningRate: Double, parameters: Int, updates: Int, divergedAtUpdate: Int? = nil, testLoss: Double? = nil,
    testAccuracy: Double? = nil
  ) {
    self.learningRate = learningRate
    self.parameters = parameters
    self.updates = updates
    self.divergedAtUpdate = divergedAtUpdate
    self.testLoss = testLoss
    self.testAccuracy = testAccuracy
  }
}

extension TrainingStudyPlan {
  /// The optimizer and the plan of one trial.
  ///
  /// - Throws: `TrainingError` where the rule does not apply to the trial's batch size.
  func training(_ trial: Trial) throws(TrainingError) -> (optimizer: any Optimizer, plan: TrainingPlan) {
    let settings = try recipe(of: trial).settings(batch: trial.batchSize)
    return (
      settings.optimizer,
      TrainingPlan(
        batchSize: trial.batchSize, microBatch: common.microBatch, epochs: common.epochs, lastBatch: common.lastBatch,
        seed: trial.seed, schedule: settings.schedule, batchSchedule: common.batchSchedule,
        regularisation: common.regularisation)
    )
  }
}
