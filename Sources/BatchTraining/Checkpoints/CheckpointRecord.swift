/// What a checkpoint tells of its run beside the vectors: settings to compare, and where the run stands.
public struct CheckpointRecord: Sendable, Hashable, Codable {
  /// The version of the format.
  public static var currentFormat: Int { 1 }

  /// The version of the format it was written in.
  public var format = Self.currentFormat
  /// The layers: `dense 512 relu; dense 10`.
  public var layers: String
  /// The shape of one input example.
  public var inputShape: [Int]
  /// The number of examples in the training part.
  public var trainingExamples: Int
  /// The loss.
  public var loss: Loss
  /// The optimizer, its base learning rate with it.
  public var optimizer: String
  /// The type of the numbers: `float` or `double`.
  public var precision: String
  /// The number of threads, on which the bits of the run depend; nil in records of older versions.
  public var threads: Int?
  /// The plan.
  public var plan: TrainingPlan
  /// Where the run stands.
  public var progress: TrainingProgress

  /// What another run has otherwise, one phrase a setting.
  ///
  /// The number of epochs may differ: a run may be made longer. So may the number of threads, which changes the last
  /// bits of a sum and nothing that was asked for.
  func differences(from other: CheckpointRecord) -> [String] {
    var differences = SettingDifferences(self, other, words: ("there", "here"))
    differences.compare("layers", \.layers)
    differences.compare("input shape", \.inputShape)
    differences.compare("training examples", \.trainingExamples)
    differences.compare("loss", \.loss.rawValue)
    differences.compare("optimizer", \.optimizer)
    differences.compare("precision", \.precision)
    differences.compare("batch size", \.plan.batchSize)
    differences.compare("micro-batch", \.plan.microBatch)
    differences.compare("last batch", \.plan.lastBatch.rawValue)
    differences.compare("seed", \.plan.seed)
    differences.compare("schedule", \.plan.schedule.description)
    differences.compare("batch schedule", \.plan.batchSchedule.description)
    differences.compare("clipping", \.plan.regularisation.clipping)
    differences.compare("label smoothing", \.plan.regularisation.labelSmoothing)
    differences.compare("averaging", \.plan.regularisation.averaging)
    differences.compare("early stopping", \.plan.regularisation.earlyStopping)
    return differences.phrases
  }
}
