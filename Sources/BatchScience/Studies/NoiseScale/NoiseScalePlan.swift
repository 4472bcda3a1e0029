public import BatchAlgebra
public import BatchData
public import BatchTraining

/// A study of the gradient noise scale through training: at each of some learning rates and batch sizes, of the network
/// and of each layer, with the exact one beside it at some moments.
public struct NoiseScalePlan: TrainingStudyPlan {
  public static var kind: String { "noise-scale" }
  public static var title: String { "a study of the noise scale" }

  /// What all trials share.
  public var common: SweepPlan
  /// The learning rates, ascending; they take the place of the shared recipe's.
  public var learningRates: [Double]
  /// Which updates are observed.
  public var schedule: ObservationSchedule
  /// At how many moments, at equal distances, the exact noise scale is computed as well; 0 for none.
  public var exactCount: Int

  /// A plan from what all trials share.
  public init(common: SweepPlan, learningRates: [Double], schedule: ObservationSchedule, exactCount: Int) {
    self.common = common
    self.learningRates = Set(learningRates).sorted()
    if let first = self.learningRates.first { self.common.recipe.optimizer.learningRate = first }
    self.schedule = schedule
    self.exactCount = exactCount
  }

  /// All rates and batch sizes with the first seed, then with the next, so that a study cut short has whole curves.
  public var trials: [NoiseScaleTrial] {
    common.seeds.flatMap { seed in
      learningRates.flatMap { rate in
        common.batchSizes.map { NoiseScaleTrial(learningRate: rate, batchSize: $0, seed: seed) }
      }
    }
  }

  public func recipe(of trial: NoiseScaleTrial) -> TrainingRecipe {
    var recipe = common.recipe
    recipe.optimizer.learningRate = trial.learningRate
    return recipe
  }

  /// Nothing that these studies find depends on the time of a step.
  public var comparesSeconds: Bool { false }

  public func quantities(
    of trial: NoiseScaleTrial, model: Sequential, data: Dataset, _ context: ComputeContext, team: ThreadTeam
  ) throws(TrainingError) -> [any StepQuantity] {
    let estimate = Scheduled(NoiseScale(), on: schedule)
    guard exactCount > 0 else { return [estimate] }
    do {
      let exact = try ExactNoiseScaleProbe(
        model, data: data, batch: trial.batchSize, loss: common.loss, regularisation: common.regularisation,
        seed: trial.seed, context: context, team: team)
      return [estimate, Scheduled(exact, on: try ObservationSchedule(.shares(exactCount)))]
    } catch let error as ModelError {
      throw .model(error)
    } catch {
      throw .plan("\(error)")
    }
  }

  public var problem: String? {
    if let problem = common.problem { return problem }
    guard exactCount >= 0 else { return "there cannot be \(exactCount) exact noise scales" }
    if common.batchSizes.contains(1) { return "the gradient of a batch of one does not scatter; leave batch 1 out" }
    guard !learningRates.isEmpty, learningRates == Set(learningRates).sorted() else {
      return "learning rates are ascending, each once, and at least one"
    }
    let odd = learningRates.first { !($0 > 0 && $0 < 1e6) }
    return odd.map { "a learning rate is above 0 and below 1e6, not \($0)" }
  }

  public func differences(from other: NoiseScalePlan) -> [String] {
    var theirs = other.common
    // Each trial has a rate of its own.
    theirs.recipe.optimizer.learningRate = common.recipe.optimizer.learningRate
    var differences = SettingDifferences(self, other, words: ("here", "asked for"))
    differences.compare("learning rates", \.learningRates)
    differences.compare("observed updates", \.schedule)
    differences.compare("exact noise scales", \.exactCount)
    return common.differences(from: theirs) + differences.phrases
  }

  public func analysis(of results: StudyResults<NoiseScalePlan>) -> NoiseScaleAnalysis { NoiseScaleAnalysis(results) }
}

/// One training run of a study of the noise scale.
public struct NoiseScaleTrial: StudyTrial {
  /// The optimizer's learning rate.
  public var learningRate: Double
  /// The number of examples an update averages.
  public var batchSize: Int
  /// The seed of initialisation and order.
  public var seed: UInt64

  /// The trial of a rate, a batch size and a seed.
  public init(learningRate: Double, batchSize: Int, seed: UInt64) {
    self.learningRate = learningRate
    self.batchSize = batchSize
    self.seed = seed
  }

  public var description: String { "rate \(learningRate), batch \(batchSize), seed \(seed)" }

  /// `lr0.1-b128-s1`.
  public var key: String { "lr\(learningRate)-b\(batchSize)-s\(seed)" }
}
