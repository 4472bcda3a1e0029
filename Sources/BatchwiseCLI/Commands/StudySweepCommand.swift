import ArgumentParser
import Batchwise

/// `batchwise study sweep`: the same training at several batch sizes, everything else equal.
struct StudySweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train at several batch sizes and seeds, every other setting equal, and report what differed.",
    discussion: """
      Finished trials are kept in the output folder: the same command again goes on where a study was cut short, and \
      'batchwise report FOLDER' shows what is there at any time.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup var step: StepOptions
  @OptionGroup(title: "Schedules and rules") var recipe: RecipeOptions
  @OptionGroup(title: "Regularisation") var regularisation: RegularisationOptions
  @OptionGroup var printing: OutputOptions

  @Option(help: ArgumentHelp("The batch sizes: 32..1024:x2, 32..128:8, 1,7,64, full, or several.", valueName: "sizes"))
  var batch = "32..1024:x2"

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the study.", valueName: "folder"))
  var output = "studies/sweep"

  @OptionGroup var trials: StudyOptions

  @OptionGroup var file: ConfigurationOptions

  func run() throws {
    try Machine.prepare()
    let optimizer = try step.optimizer()
    let axis = try BatchAxis(batch)
    let text = try ModelText(step.model)
    let splits = try data.load()
    let model = text.model(for: splits.train)
    let plan = SweepPlan(
      data: try data.source().description, splits: splits, model: text.description,
      loss: step.loss(for: splits.train),
      recipe: recipe.recipe(optimizer), batchSizes: axis.sizes(fullBatch: splits.train.count),
      seeds: trials.seedList,
      epochs: training.epochs, lastBatch: training.lastBatch, threads: step.threadCount,
      batchSchedule: recipe.batchSchedule, microBatch: training.microBatch,
      regularisation: try regularisation.regularisation(for: splits.train))
    if trials.dryRun {
      printing.print(SweepCostTable.table(try SweepCost(plan: plan, data: splits, model: model), plan: plan))
      return
    }
    let study = try SweepStudy(
      plan: plan, data: splits, model: model, folder: output, arguments: Array(CommandLine.arguments.dropFirst()))
    let progress = StudyProgress(plan: plan, remaining: study.remaining, total: plan.trials.count, printing: printing)
    try progress.run(folder: output) { try study.run(progress.observer()) }
    try ReportFiles.write(folder: output, printing: printing)
  }
}
