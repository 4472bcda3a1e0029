public import BatchData
public import BatchTraining

/// A study of training runs that differ in batch size and seed and in nothing else.
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
  /// The update rule, the same for every batch size.
  public var optimizer: SGD
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

  /// A plan with all of its parts.
  public init(
    data: String, splits: DataSplits, model: String, loss: Loss, optimizer: SGD, batchSizes: [Int], seeds: [UInt64],
    epochs: Int, lastBatch: BatchSampler.LastBatch, threads: Int
  ) {
    self.data = data
    dataFingerprint = DataFingerprint.of(splits)
    exampleCounts = [splits.train.count, splits.validation.count, splits.test.count]
    self.model = model
    self.loss = loss
    self.optimizer = optimizer
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
