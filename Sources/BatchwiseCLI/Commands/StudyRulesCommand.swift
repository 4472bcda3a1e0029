import ArgumentParser
import Batchwise

/// `batchwise study rules`: rules that carry the learning rate from one batch size to others, side by side.
struct StudyRulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Train by each rule for the learning rate, with and without a warm-up, and report what it recovers.",
    discussion: """
      Each rule has a folder of its own in the output folder, which is a sweep: 'batchwise report FOLDER/linear' shows it \
      alone. The same command again goes on where a study was cut short, and 'batchwise report FOLDER' shows what is \
      there at any time.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup var step: StepOptions
  @OptionGroup(title: "Rules") var rules: RulesOptions
  @OptionGroup(title: "Regularisation") var regularisation: RegularisationOptions
  @OptionGroup var printing: OutputOptions

  @Option(help: ArgumentHelp("The batch sizes: 32..1024:x2, 32..128:8, 1,7,64, full, or several.", valueName: "sizes"))
  var batch = "32..2048:x2"

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the study.", valueName: "folder"))
  var output = "studies/rules"

  @OptionGroup var trials: StudyOptions

  @OptionGroup var file: ConfigurationOptions

  func run() throws {
    try Machine.prepare()
    let task = try StudyTask(
      data: data, step: step, training: training, regularisation: regularisation, trials: trials, batch: batch
    ) { TrainingRecipe(optimizer: $0, schedule: rules.rate.schedule) }
    let plan = try rules.plan(task.plan)
    for note in try IdleSettings.notes(plan.common, recipes: plan.variants.map(plan.recipe)) { printing.note(note) }
    if trials.dryRun {
      try printing.print(RulesCostTable.table(try RulesCost(plan: plan, data: task.data, model: task.model)))
      return
    }
    let study = try RulesStudy(
      plan: plan, data: task.data, model: task.model, folder: output,
      arguments: Array(CommandLine.arguments.dropFirst()))
    let progress = StudyProgress(
      plan: plan.common, remaining: study.remaining.map(\.trial), total: plan.trials.count, printing: printing)
    try progress.run(folder: output) {
      try study.run { variant in progress.observer(prefix: "\(variant): ") }
    }
    try ReportFiles.write(folder: output, printing: printing)
  }
}
