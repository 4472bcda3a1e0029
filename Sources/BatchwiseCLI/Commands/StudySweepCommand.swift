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
    let task = try StudyTask(
      data: data, step: step, training: training, regularisation: regularisation, trials: trials, batch: batch,
      batchSchedule: recipe.batchSchedule, recipe: recipe.recipe)
    let plan = task.plan
    for note in try IdleSettings.notes(plan, recipes: [plan.recipe]) { printing.note(note) }
    if trials.dryRun {
      let cost = try SweepCost(plan: plan, data: task.data, model: task.model)
      try printing.print(SweepCostTable.table(cost, plan: plan))
      return
    }
    let study = try SweepStudy(
      plan: plan, data: task.data, model: task.model, folder: output,
      arguments: Array(CommandLine.arguments.dropFirst()))
    let progress = StudyProgress(plan: plan, remaining: study.remaining, total: plan.trials.count, printing: printing)
    try progress.run(folder: output) { try study.run(progress.observer()) }
    try ReportFiles.write(folder: output, printing: printing)
  }
}
