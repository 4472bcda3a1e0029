public import BatchData

/// How long and in what portions to train.
public struct TrainingPlan: Sendable, Hashable, Codable {
  /// The number of examples that one update averages.
  public var batchSize: Int
  /// The number of passes over the training part.
  public var epochs: Int
  /// What becomes of the examples left over when the batch size does not divide the training part.
  public var lastBatch: BatchSampler.LastBatch
  /// The seed of initialisation and order.
  public var seed: UInt64

  /// A plan; a short last batch is kept unless told otherwise.
  public init(batchSize: Int, epochs: Int, lastBatch: BatchSampler.LastBatch = .keep, seed: UInt64) {
    self.batchSize = batchSize
    self.epochs = epochs
    self.lastBatch = lastBatch
    self.seed = seed
  }
}
