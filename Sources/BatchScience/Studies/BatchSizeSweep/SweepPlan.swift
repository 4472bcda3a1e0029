public import BatchData
public import BatchFoundation
public import BatchTraining

/// A study of training runs that differ in batch size and seed, in what a rule ties to the batch size, and in nothing
/// else.
public struct SweepPlan: TrainingStudyPlan {
  public static var kind: String { "sweep" }
  public static var title: String { "a sweep" }

  /// The data, as the tool's `--data` names it.
  public var data: String
  /// A number that changes when the examples, their order or their scaling do.
  public var dataFingerprint: String
  /// The numbers of training, validation and test examples.
  public var exampleCounts: [Int]
  /// The model, as the tool's `--model` names it.
  public var model: String
  /// The loss.
  @NamedLoss public var loss: any Loss
  /// The optimizer, the schedule of its rate, and how they follow from the batch size.
  public var recipe: TrainingRecipe
  /// How the batch size changes on the way.
  @Coded<BatchScheduleCodec> public var batchSchedule: any BatchSchedule
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

  /// A plan; a fixed batch that goes through the network at once and no regularisation unless told otherwise.
  public init(
    data: String, splits: DataSplits, model: String, loss: any Loss, recipe: TrainingRecipe, batchSizes: [Int],
    seeds: [UInt64], epochs: Int, lastBatch: BatchSampler.LastBatch,
    batchSchedule: any BatchSchedule = .fixed, microBatch: Int? = nil, regularisation: Regularisation = .none
  ) {
    self.data = data
    dataFingerprint = Fingerprint.of(splits)
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
  }

  /// The trials: all batch sizes with the first seed, then with the next, so that a study cut short has whole curves.
  public var trials: [TrialID] {
    seeds.flatMap { seed in batchSizes.map { TrialID(batchSize: $0, seed: seed) } }
  }
}

extension SweepPlan {
  /// More than anybody waits for.
  static var mostEpochs: Int { 1_000_000_000 }

  public var common: SweepPlan { self }

  public func recipe(of trial: TrialID) -> TrainingRecipe { recipe }

  public var problem: String? {
    guard exampleCounts.count == 3, exampleCounts.allSatisfy({ $0 > 0 }) else {
      return "there are three parts of the data, not \(exampleCounts)"
    }
    if let size = batchSizes.first(where: { $0 < 1 }) { return "a batch size must be at least 1, not \(size)" }
    guard epochs > 0 else { return "training needs at least 1 epoch, not \(epochs)" }
    return epochs <= Self.mostEpochs ? nil : "nobody waits for \(epochs) epochs; \(Self.mostEpochs) are the most"
  }

  public func differences(from other: SweepPlan) -> [String] {
    var differences = SettingDifferences(self, other, words: ("here", "asked for"))
    differences.compare("data", \.data)
    differences.compare("the numbers of training, validation and test examples", \.exampleCounts)
    if data == other.data, exampleCounts == other.exampleCounts {
      differences.compare("the examples themselves", \.dataFingerprint)
    }
    differences.compare("model", \.model)
    differences.compare("loss", \.loss.name)
    differences.compare("optimizer", \.recipe.optimizer.description)
    differences.compare("schedule", \.recipe.schedule.description)
    differences.compare("warm-up", \.recipe.warmUpText)
    differences.compare("rule", \.recipe.ruleText)
    differences.compare("batch schedule", \.batchSchedule.description)
    differences.compare("micro-batch", \.microBatch)
    differences.compare("clipping", \.regularisation.clipping)
    differences.compare("label smoothing", \.regularisation.labelSmoothing)
    differences.compare("averaging", \.regularisation.averaging)
    differences.compare("early stopping", \.regularisation.earlyStopping?.description)
    differences.compare("batch sizes", \.batchSizes)
    differences.compare("seeds", \.seeds)
    differences.compare("epochs", \.epochs)
    differences.compare("last batch", \.lastBatch.rawValue)
    return differences.phrases
  }

  public func analysis(of results: StudyResults<SweepPlan>) -> SweepAnalysis { SweepAnalysis(results) }
}

/// One training run of a sweep.
public struct TrialID: StudyTrial {
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

  /// `b32-s1`.
  public var key: String { "b\(batchSize)-s\(seed)" }
}
