import ArgumentParser
import Batchwise

/// `batchwise study sweep`: the same training at several batch sizes, everything else equal.
struct StudySweepCommand: StudySubcommand {
  typealias Report = SweepReport

  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train at several batch sizes and seeds, every other setting equal, and report what differed.",
    discussion: """
      Finished trials are kept in the output folder: the same command again resumes a study that was cut short, and \
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

  @OptionGroup var config: ConfigurationOptions

  var threadCount: Int { step.threadCount }
  var engine: GEMMEngine? { step.engine }

  func measurement() throws -> TrainingMeasurement<SweepPlan> {
    let task = try StudyTask(
      data: data, step: step, training: training, regularisation: regularisation, trials: trials, batch: batch,
      printing: printing,
      batchSchedule: recipe.batchSchedule, recipe: recipe.recipe)
    return try task.measurement(of: task.plan, printing)
  }
}
