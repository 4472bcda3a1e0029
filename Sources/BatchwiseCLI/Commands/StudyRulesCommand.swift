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

  @OptionGroup var data: DataOptions
  @OptionGroup var step: StepOptions
  @OptionGroup var training: TrainingOptions
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
    let optimizer = try step.optimizer()
    let axis = try BatchAxis(batch)
    let text = try ModelText(step.model)
    let splits = try data.load()
    let model = text.model(for: splits.train)
    let plan = try rules.plan(
      SweepPlan(
        data: try data.source().description, splits: splits, model: text.description,
        loss: step.loss(for: splits.train),
        recipe: TrainingRecipe(optimizer: optimizer, schedule: rules.schedule),
        batchSizes: axis.sizes(fullBatch: splits.train.count), seeds: trials.seedList,
        epochs: training.epochs, lastBatch: training.lastBatch, threads: step.threadCount,
        microBatch: training.microBatch, regularisation: try regularisation.regularisation(for: splits.train)))
    if trials.dryRun {
      printing.print(RulesCostTable.table(try RulesCost(plan: plan, data: splits, model: model)))
      return
    }
    let study = try RulesStudy(
      plan: plan, data: splits, model: model, folder: output, arguments: Array(CommandLine.arguments.dropFirst()))
    let progress = StudyProgress(
      plan: plan.common, remaining: study.remaining.map(\.trial), total: plan.trials.count, printing: printing)
    try progress.run(folder: output) {
      try study.run { variant in progress.observer(prefix: "\(variant): ") }
    }
    try ReportFiles.write(folder: output, printing: printing)
  }
}
