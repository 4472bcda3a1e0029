public import BatchAlgebra

/// What a checkpoint tells of its run beside the vectors: settings to compare, and where the run stands.
public struct CheckpointRecord: Sendable, Hashable, Codable {
  /// The version of the format.
  public static var currentFormat: Int { 2 }

  /// The version of the format it was written in.
  public var format = Self.currentFormat
  /// The layers: `dense 512 relu; dense 10`.
  public var layers: String
  /// The shape of one input example.
  public var inputShape: [Int]
  /// The number of examples in the training part.
  public var trainingExamples: Int
  /// The name of the loss.
  public var loss: String
  /// The optimizer, its base learning rate with it.
  public var optimizer: String
  /// What the bits of the run depend on beside its plan: resumed with another one, it has other bits.
  public var context: ComputeContext
  /// The plan.
  public var plan: TrainingPlan
  /// Where the run stands.
  public var progress: TrainingProgress

  /// What another run has otherwise, one phrase a setting.
  ///
  /// The number of epochs may differ: a run may be made longer. Contexts are compared apart, by
  /// ``ComputeContext/differences(from:)``.
  func differences(from other: CheckpointRecord) -> [String] {
    var differences = SettingDifferences(self, other, words: ("there", "here"))
    differences.compare("layers", \.layers)
    differences.compare("input shape", \.inputShape)
    differences.compare("training examples", \.trainingExamples)
    differences.compare("loss", \.loss)
    differences.compare("optimizer", \.optimizer)
    differences.compare("precision", \.context.precision.rawValue)
    differences.compare("batch size", \.plan.batchSize)
    differences.compare("micro-batch", \.plan.microBatch)
    differences.compare("last batch", \.plan.lastBatch.rawValue)
    differences.compare("seed", \.plan.seed)
    differences.compare("schedule", \.plan.schedule.description)
    differences.compare("batch schedule", \.plan.batchSchedule.description)
    differences.compare("clipping", \.plan.regularisation.clipping)
    differences.compare("label smoothing", \.plan.regularisation.labelSmoothing)
    differences.compare("averaging", \.plan.regularisation.averaging)
    differences.compare("early stopping", \.plan.regularisation.earlyStopping?.description)
    return differences.phrases
  }
}
