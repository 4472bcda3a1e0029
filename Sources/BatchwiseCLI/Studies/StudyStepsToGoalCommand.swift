import ArgumentParser
import Batchwise

/// `batchwise study steps-to-goal`: how many updates a goal takes at each batch size, with tuned rates.
struct StudyStepsToGoalCommand: StudySubcommand {
  typealias Report = StepsToGoalReport

  static let configuration = CommandConfiguration(
    commandName: "steps-to-goal",
    abstract: "Measure the updates, examples and seconds to a goal by batch size, the learning rate tuned for each.",
    discussion: """
      The rate of each batch size is searched with the first seed, about --lr or what was best at the size before, until \
      rates on both sides of the best did worse; the best is trained with the other seeds. Finished trials are kept in the \
      output folder: the same command again resumes a study that was cut short, and 'batchwise report FOLDER' shows what \
      is there at any time.
      """)

  @Option(
    help: ArgumentHelp("training-loss:0.15, validation-loss:0.35 or accuracy:95% (of validation).", valueName: "goal"),
    transform: { try TrainingGoal($0) })
  var goal: TrainingGoal

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup var step: StepOptions
  @OptionGroup(title: "Runs") var runs: GoalRunOptions
  @OptionGroup(title: "Search") var search: RateSearchOptions
  @OptionGroup var printing: OutputOptions

  @Option(help: ArgumentHelp("The batch sizes: 32..1024:x2, 32..128:8, 1,7,64, full, or several.", valueName: "sizes"))
  var batch = "8..2048:x2"

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the study.", valueName: "folder"))
  var output = "studies/steps-to-goal"

  @OptionGroup var trials: StudyOptions

  @OptionGroup var config: ConfigurationOptions

  var threadCount: Int { step.threadCount }
  var engine: GEMMEngine? { step.engine }

  func measurement() throws -> GoalMeasurement<StepsToGoalPlan> {
    let optimizer = try step.optimizer()
    let text = try ModelText(step.model)
    let axis = try BatchAxis(batch)
    let splits = try data.load(printing)
    let common = SweepPlan(
      data: try data.source().description, splits: splits, model: text.description, loss: step.loss(for: splits.train),
      recipe: TrainingRecipe(optimizer: optimizer.optimizer), batchSizes: axis.sizes(fullBatch: splits.train.count),
      seeds: trials.seedList, epochs: runs.epochs, lastBatch: runs.lastBatch, microBatch: runs.microBatch)
    return GoalMeasurement(
      plan: StepsToGoalPlan(common: common, goal: goal, search: search.search), data: splits,
      model: text.model(for: splits.train))
  }
}

/// How long a run to a goal may be, and on which batches it trains.
struct GoalRunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most passes over the training examples that a run has.", valueName: "count"))
  var epochs = 50

  @Option(
    help: ArgumentHelp(
      "A short last batch: keep, drop, or wrap (filled up from the epoch's start).", valueName: "policy"))
  var lastBatch: BatchSampler.LastBatch = .drop

  @Option(
    help: ArgumentHelp("The most examples that go through the network at once; all without it.", valueName: "size"))
  var microBatch: Int?

  func validate() throws {
    guard epochs >= 1 else { throw ValidationError("--epochs must be at least 1") }
  }
}

/// How the learning rate of a batch size is searched.
struct RateSearchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of points with which a search begins.", valueName: "count"))
  var searchPoints = 6

  @Option(help: ArgumentHelp("By what factor it reaches about its first guess, either way.", valueName: "factor"))
  var searchReach = 8.0

  @Option(help: ArgumentHelp("Search the momentum of SGD, too, in this range: 0.5..0.99.", valueName: "range"))
  var searchMomentum: String?

  @Option(help: ArgumentHelp("The seed of the points.", valueName: "number"))
  var searchSeed: UInt64 = 1

  func validate() throws {
    guard 1...1000 ~= searchPoints else { throw ValidationError("--search-points must be 1 to 1000") }
    guard searchReach > 1, searchReach <= 1e4 else {
      throw ValidationError("--search-reach must be above 1 and at most 10000")
    }
    _ = try momentum()
  }

  private func momentum() throws -> ClosedRange<Double>? {
    guard let searchMomentum else { return nil }
    let parts = searchMomentum.split(separator: "..", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low >= 0, low <= high, high < 1 else {
      throw ValidationError("--search-momentum takes a range from 0 to below 1, as 0.5..0.99")
    }
    return low...high
  }

  /// The search.
  var search: RateSearch {
    RateSearch(
      count: searchPoints, reach: searchReach, momentum: (try? momentum()) ?? nil, seed: searchSeed,
      mostPoints: 3 * searchPoints)
  }
}
