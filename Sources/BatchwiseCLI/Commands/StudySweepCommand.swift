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

  @Option(help: ArgumentHelp("The number of seeds: each batch size is trained with seeds 1, 2, …", valueName: "count"))
  var seeds = 3

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the study.", valueName: "folder"))
  var output = "studies/sweep"

  @Flag(help: "Print the trials and what they will take, from a few measured steps, and end.")
  var dryRun = false

  @OptionGroup var file: ConfigurationOptions

  func validate() throws {
    guard seeds >= 1 else { throw ValidationError("a study needs at least 1 seed, not \(seeds)") }
  }

  func run() throws {
    try Machine.prepare()
    let optimizer = try step.optimizer()
    let axis = try BatchAxis(batch)
    let text = try ModelText(step.model)
    let splits = try data.load()
    try regularisation.requireFit(splits.train)
    let model = text.model(for: splits.train)
    let plan = SweepPlan(
      data: try data.source().description, splits: splits, model: text.description,
      loss: step.loss(for: splits.train),
      recipe: recipe.recipe(optimizer), batchSizes: axis.sizes(fullBatch: splits.train.count),
      seeds: (1...UInt64(seeds)).map { $0 },
      epochs: training.epochs, lastBatch: training.lastBatch, threads: step.threadCount,
      batchSchedule: recipe.batchSchedule, microBatch: training.microBatch,
      regularisation: try regularisation.regularisation())
    if dryRun {
      printing.print(SweepCostTable.table(try SweepCost(plan: plan, data: splits, model: model), plan: plan))
      return
    }
    let study = try SweepStudy(
      plan: plan, data: splits, model: model, folder: output, arguments: Array(CommandLine.arguments.dropFirst()))
    try run(study, plan)
    try ReportFiles.write(folder: output, printing: printing)
  }

  private func run(_ study: SweepStudy, _ plan: SweepPlan) throws {
    let done = plan.trials.count - study.remaining.count
    switch (done, study.remaining.count) {
    case (_, 0): printing.note("All \(done) trials are done; nothing left to do.")
    case (0, let count): printing.note("Training \(count) trials into \(output).")
    case (_, let count): printing.note("Going on: \(done) trials are done, \(count) are left.")
    }
    Interrupt.catchSignals()
    do {
      try study.run(observer(plan, remaining: study.remaining))
    } catch StudyError.interrupted {
      Console.note("Interrupted. Finished trials are safe in \(output); the same command goes on from there.")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
  }

  private func observer(_ plan: SweepPlan, remaining: [TrialID]) -> SweepStudy.Observer {
    var progress = ProgressLine(quiet: printing.quiet)
    var time = RemainingTime(plan: plan, remaining: remaining)
    var finished = plan.trials.count - remaining.count
    var updates = 1
    return SweepStudy.Observer(
      onStart: { trial, count in
        updates = count
        time.start(trial)
      },
      onUpdate: { trial, update, loss in
        let share = Double(update) / Double(updates)
        time.update(share: share)
        progress.draw(share: (Double(finished) + share) / Double(plan.trials.count)) {
          let left = time.seconds.map { "\(NumberFormat.duration($0)) left" } ?? ""
          return "trial \(finished + 1) of \(plan.trials.count): \(trial)  "
            + "loss \(NumberFormat.significant(loss, digits: 3))  \(left)"
        }
      },
      onFinish: { trial, end in
        finished += 1
        time.finish()
        progress.clear()
        printing.note("[\(finished)/\(plan.trials.count)] \(trial): \(TrainingTable.sentence(end))")
      },
      shouldStop: { Interrupt.isRequested })
  }
}
