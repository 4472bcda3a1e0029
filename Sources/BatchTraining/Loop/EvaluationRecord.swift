/// The state of a training run at one evaluation.
public struct EvaluationRecord: Sendable, Hashable, Codable {
  /// The number of updates so far.
  public var update: Int
  /// The number of passes over the training part so far; a fraction within one.
  public var epoch: Double
  /// The number of training examples seen so far.
  public var examples: Int
  /// The seconds spent on training so far; evaluation is not counted.
  public var seconds: Double
  /// The mean loss of the training examples since the last evaluation, each before its batch's update; nil before the
  /// first.
  public var batchLoss: Double?
  /// The loss over a fixed part of the training examples, as large as the validation part.
  public var trainingLoss: Double
  /// The share of those examples predicted right; nil where targets are values.
  public var trainingAccuracy: Double?
  /// The loss over the validation part.
  public var validationLoss: Double
  /// The share of the validation examples predicted right; nil where targets are values.
  public var validationAccuracy: Double?
  /// The Euclidean distance of the parameters from their initial values.
  public var distance: Double
  /// The mean norm of the batch gradients sampled since the last evaluation, before any clipping; nil before the first.
  ///
  /// Sampled are the first batch after each evaluation, and one in eight, or 64 an epoch where those are fewer.
  public var gradientNorm: Double?
  /// The learning rate of the last update; nil before the first, and in records of older versions.
  public var learningRate: Double?
  /// The batch size at the last update; nil before the first, and in records of older versions.
  public var batchSize: Int?
  /// What the run's quantities have found since the last evaluation; nil where nothing is observed.
  public var measurements: [Measurement]?

  /// Whether it was made before the first update or at the end of an epoch.
  public var endsEpoch: Bool { epoch == epoch.rounded() }

  /// A record with all of its parts.
  public init(
    update: Int, epoch: Double, examples: Int, seconds: Double, batchLoss: Double?, trainingLoss: Double,
    trainingAccuracy: Double?, validationLoss: Double, validationAccuracy: Double?, distance: Double,
    gradientNorm: Double?, learningRate: Double? = nil, batchSize: Int? = nil,
    measurements: [Measurement]? = nil
  ) {
    self.update = update
    self.epoch = epoch
    self.examples = examples
    self.seconds = seconds
    self.batchLoss = batchLoss
    self.trainingLoss = trainingLoss
    self.trainingAccuracy = trainingAccuracy
    self.validationLoss = validationLoss
    self.validationAccuracy = validationAccuracy
    self.distance = distance
    self.gradientNorm = gradientNorm
    self.learningRate = learningRate
    self.batchSize = batchSize
    self.measurements = measurements
  }
}
