/// How the batch size changes during training, from the size it starts with.
public protocol BatchSchedule: Sendable, CustomStringConvertible {
  /// The number of examples that an update at a position averages, for a training that starts with `base`.
  func batchSize(at position: TrainingPosition, from base: Int) -> Int
  /// What the learning rate is multiplied by at a position, for what the batch size could not do.
  func rateFactor(at position: TrainingPosition, from base: Int) -> Double
  /// The largest batch size of a training that shows `totalExamples` examples, for which memory is needed.
  func largestBatchSize(from base: Int, examplesPerEpoch: Int, totalExamples: Int) -> Int
}
