/// The same batch size throughout; `fixed` as text.
public struct FixedBatch: BatchSchedule, Hashable {
  /// The schedule that changes nothing.
  public init() {}

  public func batchSize(at position: TrainingPosition, from base: Int) -> Int { base }

  public func rateFactor(at position: TrainingPosition, from base: Int) -> Double { 1 }

  public func largestBatchSize(from base: Int, examplesPerEpoch: Int, totalExamples: Int) -> Int { base }

  public var description: String { "fixed" }
}
