/// Where a training run stands: all that a checkpoint needs beside the vectors of the network, the optimizer and the
/// average.
///
/// The streams of random numbers have no place here: each is made anew from the seed and these counts.
public struct TrainingProgress: Sendable, Hashable, Codable {
  /// The number of updates so far.
  public internal(set) var update = 0
  /// The pass over the training part that is under way, counted from 0; ``TrainingPlan/epochs`` when all are done.
  public internal(set) var epoch = 0
  /// The number of examples of that pass that the run is through with.
  public internal(set) var place = 0
  /// The number of training examples seen so far.
  public internal(set) var examples = 0
  /// The seconds spent on training so far; evaluation is not counted.
  public internal(set) var seconds = 0.0
  /// The learning rate of the last update; nil before the first.
  public internal(set) var learningRate: Double?
  /// The batch size at the last update, of which a short last batch has less; nil before the first.
  public internal(set) var batchSize: Int?
  /// The best evaluation so far; nil without early stopping.
  public internal(set) var best: BestEvaluation?
  /// The number of weights in the average.
  var averaged = 0
  /// What the batches since the last evaluation add up to.
  var interval = Interval()
  /// What the run's quantities have seen and not yet told, by their names; nil where nothing is observed, and while the
  /// run goes on: the trainer has it.
  var quantities: [String: Observation]?

  /// The start of a run.
  init() {}

  /// Updates that a quantity has seen and not yet told: the first, the last, and how many.
  struct Window: Sendable, Hashable, Codable {
    var first: Int
    var last: Int
    var count: Int
  }

  /// A quantity's window, where it has one, and the numbers from which it goes on.
  struct Observation: Sendable, Hashable, Codable {
    var window: Window?
    var state: [Double]
  }

  /// Sums since the last evaluation.
  struct Interval: Sendable, Hashable, Codable {
    /// The losses of all examples, and how many they are: a short batch counts by what it has.
    var losses = 0.0
    var lossCount = 0
    /// The norms of the sampled gradients, and how many they are.
    var gradientNorms = 0.0
    var gradientNormCount = 0

    var meanLoss: Double? { lossCount > 0 ? losses / Double(lossCount) : nil }
    var meanGradientNorm: Double? { gradientNormCount > 0 ? gradientNorms / Double(gradientNormCount) : nil }
  }
}
