public import ArgumentParser
public import Batchwise

extension RecommendationEffort: ExpressibleByArgument, ConfigurationRepresentable {}

/// `batchwise recommend`: which batch size to train with, what it costs, and how sure that is.
struct RecommendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Say which batch size to train with on this machine, what it costs, and how sure that is.",
    discussion: """
      Steps of all batch sizes are timed, a pilot is trained and its noise scale measured; with more effort runs at other \
      batch sizes follow, their rates tuned, where they would change the answer most. The answer has 90 % intervals, the \
      range of batches that are as good, and what it rests on least firmly; where the evidence does not carry one, it says \
      so, and what to do. Runs are kept in the output folder: the same command again resumes, with another --effort it goes \
      on from the runs that are there, and 'batchwise verify FOLDER' puts the answer to the test.
      """)

  @Option(
    help: ArgumentHelp(
      "What is to be reached: training-loss:0.15, validation-loss:0.35 or accuracy:95% (of validation).",
      valueName: "goal"), transform: { try TrainingGoal($0) })
  var goal: TrainingGoal?

  @Option(
    help: ArgumentHelp(
      "Without a goal, what there is to spend: 60s of training, 10epochs or 1000000examples.", valueName: "amount"),
    transform: { try RecommendationTarget($0) })
  var budget: RecommendationTarget?

  @Option(
    help: ArgumentHelp(
      "How far to go: seconds (a short pilot alone), minutes (runs at other sizes, too) or hours (at more, and more seeds).",
      valueName: "extent"))
  var effort: RecommendationEffort = .minutes

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup var step: StepOptions
  @OptionGroup(title: "Runs") var runs: GoalRunOptions
  @OptionGroup var printing: OutputOptions

  @Option(
    help: ArgumentHelp(
      "The batch sizes to choose from: 1..1024:x2, 8..64:8, 1,7,64, or several; powers of two and the steps half way "
        + "between without it.", valueName: "sizes"))
  var batch: String?

  @Option(
    help: ArgumentHelp("The memory in MiB that a training may take; what is free without it.", valueName: "MiB"))
  var memory: Int?

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the runs.", valueName: "folder"))
  var output = "recommendation"

  @OptionGroup(title: "Several machines") var cluster: ClusterOptions

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast, help: "Print what would be timed and trained at most, and end.")
  var dryRun = false

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard (goal == nil) != (budget == nil) else {
      throw ValidationError(
        "recommend takes either a --goal, such as accuracy:95%, or a --budget, such as 60s")
    }
    guard memory.map({ $0 >= 1 && $0 < 1 << 40 }) ?? true else { throw ValidationError("--memory must be at least 1") }
    guard budget?.goal == nil else {
      throw ValidationError("--budget takes an amount, such as 60s; what is to be reached is a --goal")
    }
  }

  private var target: RecommendationTarget? { goal.map { .goal($0) } ?? budget }

  func run() throws {
    // Either is there, or the command would not have been taken.
    guard let target else { throw ValidationError("recommend takes a --goal or a --budget") }
    try Machine.prepare()
    let context = try Machine.context(threads: step.threadCount, engine: step.engine)
    let optimizer = try step.optimizer()
    let text = try ModelText(step.model)
    let axis = try batch.map { text throws(BatchAxisError) in try BatchAxis(text) }
    let splits = try data.load(printing)
    let model = text.model(for: splits.train)
    let loss = step.loss(for: splits.train)
    let sizes =
      axis?.sizes(fullBatch: splits.train.count) ?? RecommendPlan.usualBatchSizes(exampleCount: splits.train.count)
    let plan = try RecommendPlan(
      common: SweepPlan(
        data: data.source().description, splits: splits, model: text.description, loss: loss,
        recipe: TrainingRecipe(optimizer: optimizer.optimizer), batchSizes: sizes, seeds: RecommendPlan.usualSeeds,
        epochs: runs.epochs, lastBatch: runs.lastBatch, microBatch: runs.microBatch),
      target: target, effort: effort, firstRate: step.updates.learningRate,
      largestAtOnce: largestAtOnce(model, loss, optimizer.optimizer, sizes, context),
      doubts: RecommendPlan.doubts(of: splits.train))
    try cluster.require(smallestBatch: sizes.min() ?? 1, exampleCount: splits.train.count)
    if dryRun {
      try printing.print(RecommendTables.plan(plan))
      return
    }
    let study = try Study(
      GoalMeasurement(plan: plan, data: splits, model: model), folder: output, context: context,
      arguments: Array(CommandLine.arguments.dropFirst()))
    try StudyProgress<RecommendReport>(study, printing: printing).run(study, folder: output)
    try show(RecommendReport(StudyResults(folder: output)))
  }

  /// Prints the answer and what was found, after the report is written.
  private func show(_ report: RecommendReport) throws {
    try report.write(to: output)
    let workers = try cluster.counts()
    let several = try workers.flatMap { try report.cluster(workers: $0, network: cluster.network) }
    if printing.format == .json {
      try Console.result(report.json(with: several))
    } else {
      var result = TableGroup()
      result.append("answer", report.table)
      if let several { result.append("cluster", RecommendTables.cluster(several)) }
      try printing.print(result)
    }
    for finding in report.findings + [several.map(RecommendText.cluster)].compactMap({ $0 }) { printing.note(finding) }
    if workers != nil, several == nil {
      printing.note("There is no answer that could be extended to several machines (--workers).")
    }
    printing.note("Report: \(output)/report.html")
  }

  /// The largest batch whose training fits into memory; nil where all candidates do.
  private func largestAtOnce(
    _ model: Sequential, _ loss: any Loss, _ optimizer: any Optimizer, _ sizes: [Int], _ context: ComputeContext
  ) throws -> Int? {
    // Free memory differs from hour to hour: what is resumed keeps what it was begun with.
    if memory == nil, let begun = try? StudyResults<RecommendPlan>(folder: output) { return begun.plan.largestAtOnce }
    guard let bytes = memory.map({ $0 << 20 }) ?? AvailableMemory.current() else { return nil }
    let largest = try StepMemory.largestBatch(
      within: bytes, for: model, loss: loss, optimizer: optimizer, context: context)
    guard let largest, largest >= 1 else {
      throw ValidationError("not even the training of one example fits into \(NumberFormat.bytes(Double(bytes)))")
    }
    return largest < sizes.max() ?? 0 ? largest : nil
  }
}

/// A network of machines like this one, for which the answer is extended on paper.
struct ClusterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Extend the answer to so many machines like this one: 1..64:x2.", valueName: "counts"))
  var workers: String?

  @Option(help: ArgumentHelp("With --workers, what their network carries, in GB a second.", valueName: "GB/s"))
  var bandwidth = 1.25

  @Option(help: ArgumentHelp("With --workers, how long a message takes, in microseconds.", valueName: "µs"))
  var latency = 50.0

  func validate() throws {
    guard bandwidth > 0, bandwidth <= Self.most else {
      throw ValidationError("--bandwidth is in GB a second, above 0 and at most 1000000, not \(bandwidth)")
    }
    guard 0...Self.most ~= latency else {
      throw ValidationError("--latency is in microseconds, from 0 to 1000000, not \(latency)")
    }
    _ = try counts()
  }

  /// More than any network carries, and longer than any message takes.
  private static var most: Double { 1e6 }

  /// More rows than anybody reads.
  private static var mostCounts: Int { 200 }

  /// The numbers of machines; nil where none are asked for.
  func counts() throws -> [Int]? {
    guard let workers else { return nil }
    let limits = ClusterCost.workerCounts
    guard let axis = try? BatchAxis(workers), !axis.includesFullBatch else { throw refusal(of: workers) }
    let counts = axis.sizes(fullBatch: 1)
    guard counts.count <= Self.mostCounts, counts.allSatisfy(limits.contains) else { throw refusal(of: workers) }
    return counts
  }

  private func refusal(of text: String) -> ValidationError {
    ValidationError(
      "--workers takes up to \(Self.mostCounts) numbers of machines from 1 to \(ClusterCost.workerCounts.upperBound), as "
        + "1..64:x2 or 1,3,5, not '\(text)'")
  }

  /// Refuses more machines than can share an update: none computes less than the smallest batch to choose from.
  func require(smallestBatch: Int, exampleCount: Int) throws {
    guard let most = try counts()?.last, smallestBatch <= exampleCount else { return }
    let fit = exampleCount / smallestBatch
    guard most <= fit else {
      throw ValidationError(
        "--workers asks for \(most) machines, and at most \(fit) can share an update: each computes at least the smallest "
          + "batch to choose from, \(smallestBatch), and the training part has \(exampleCount) examples")
    }
  }

  /// Their network.
  var network: ClusterCost.Network { ClusterCost.Network(bandwidth: bandwidth * 1e9, latency: latency * 1e-6) }
}
