public import BatchData
public import BatchTraining

/// A study of training runs that differ in batch size and seed, in what a rule ties to the batch size, and in nothing
/// else.
///
/// Two runs of the same plan give the same numbers, seconds apart; a folder holds the trials of one plan.
public struct SweepPlan: Sendable, Hashable, Codable {
  /// The data, as the tool's `--data` names it.
  public var data: String
  /// A number that changes when the examples, their order or their scaling do.
  public var dataFingerprint: String
  /// The numbers of training, validation and test examples.
  public var exampleCounts: [Int]
  /// The model, as the tool's `--model` names it.
  public var model: String
  /// The loss.
  public var loss: Loss
  /// The optimizer, the schedule of its rate, and how they follow from the batch size.
  public var recipe: TrainingRecipe
  /// How the batch size changes on the way.
  public var batchSchedule: BatchScheduleText
  /// The most examples that go through the network at once; nil for all of an update's.
  public var microBatch: Int?
  /// What keeps the network from learning its examples by heart.
  public var regularisation: Regularisation
  /// The batch sizes, ascending.
  public var batchSizes: [Int]
  /// The seeds; every batch size is trained with each.
  public var seeds: [UInt64]
  /// The number of passes over the training part.
  public var epochs: Int
  /// What becomes of a short last batch.
  public var lastBatch: BatchSampler.LastBatch
  /// The number of threads; the order in which numbers are added depends on it.
  public var threads: Int

  /// A plan; a fixed batch that goes through the network at once and no regularisation unless told otherwise.
  public init(
    data: String, splits: DataSplits, model: String, loss: Loss, recipe: TrainingRecipe, batchSizes: [Int],
    seeds: [UInt64], epochs: Int, lastBatch: BatchSampler.LastBatch, threads: Int,
    batchSchedule: BatchScheduleText = .fixed, microBatch: Int? = nil, regularisation: Regularisation = .none
  ) {
    self.data = data
    dataFingerprint = DataFingerprint.of(splits)
    exampleCounts = [splits.train.count, splits.validation.count, splits.test.count]
    self.model = model
    self.loss = loss
    self.recipe = recipe
    self.batchSchedule = batchSchedule
    self.microBatch = microBatch
    self.regularisation = regularisation
    self.batchSizes = Set(batchSizes).sorted()
    self.seeds = seeds
    self.epochs = epochs
    self.lastBatch = lastBatch
    self.threads = threads
  }

  /// The trials: all batch sizes with the first seed, then with the next, so that a study cut short has whole curves.
  public var trials: [TrialID] {
    seeds.flatMap { seed in batchSizes.map { TrialID(batchSize: $0, seed: seed) } }
  }
}

extension SweepPlan {
  /// The optimizer and the plan of one trial.
  ///
  /// - Throws: `TrainingError` where the rule does not apply to the trial's batch size.
  func training(_ trial: TrialID) throws(TrainingError) -> (optimizer: any Optimizer, plan: TrainingPlan) {
    let settings = try recipe.settings(batch: trial.batchSize)
    return (
      settings.optimizer.optimizer,
      TrainingPlan(
        batchSize: trial.batchSize, microBatch: microBatch, epochs: epochs, lastBatch: lastBatch, seed: trial.seed,
        schedule: settings.schedule, batchSchedule: batchSchedule, regularisation: regularisation)
    )
  }
}

/// One training run of a sweep.
public struct TrialID: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The number of examples an update averages.
  public var batchSize: Int
  /// The seed of initialisation and order.
  public var seed: UInt64

  /// The trial of a batch size and a seed.
  public init(batchSize: Int, seed: UInt64) {
    self.batchSize = batchSize
    self.seed = seed
  }

  public var description: String { "batch \(batchSize), seed \(seed)" }

  /// The name of the trial's files, without an ending: `b32-s1`.
  public var fileStem: String { "b\(batchSize)-s\(seed)" }
}
