public import BatchProfiling
public import BatchTraining

/// What a profile of training steps times.
public struct StepProfilePlan: Sendable, Hashable, Codable {
  /// The model, as text.
  public var model: String
  /// The data, as text.
  public var data: String
  /// The number of inputs of the model.
  public var inputs: Int
  /// The number of its outputs.
  public var outputs: Int
  /// The loss.
  @NamedLoss public var loss: any Loss
  /// The optimizer, as text.
  public var optimizer: String
  /// The batch sizes, ascending.
  public var batchSizes: [Int]
  /// The number of threads.
  public var threads: Int
  /// The numbers computed with: float or double.
  public var precision: FMAPeak.Precision
  /// The memory in bytes for which the largest batch is told.
  public var memory: Int
  /// The batch sizes to which the line of the times is fitted before it foretells the others; every other one where
  /// empty.
  public var fittedSizes: [Int]
  /// How long and how often.
  public var timing: TimingSettings

  /// A plan with all of its parts.
  public init(
    model: String, data: String, inputs: Int, outputs: Int, loss: any Loss, optimizer: String, batchSizes: [Int],
    threads: Int, precision: FMAPeak.Precision = .float, memory: Int, fittedSizes: [Int] = [],
    timing: TimingSettings = TimingSettings()
  ) {
    self.model = model
    self.data = data
    self.inputs = inputs
    self.outputs = outputs
    self.loss = loss
    self.optimizer = optimizer
    self.batchSizes = batchSizes
    self.threads = threads
    self.precision = precision
    self.memory = memory
    self.fittedSizes = fittedSizes
    self.timing = timing
  }

  /// The standard batch sizes: powers of two up to 1024 with half steps between.
  public static var standardBatchSizes: [Int] {
    [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024]
  }
}
