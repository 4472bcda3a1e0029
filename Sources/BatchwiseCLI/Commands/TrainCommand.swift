import ArgumentParser
import Batchwise

/// `batchwise train`: one training run, shown as it goes on, kept and gone on with where that is asked for.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model once: show how it goes, keep it, go on with it.",
    discussion: """
      With --output the folder holds config.json (all options, for --config), metrics.jsonl and metrics.csv, checkpoints/ \
      and at the end weights.safetensors. Ctrl-C saves a checkpoint; the same command with --resume goes on from there \
      with the same bits. 'batchwise evaluate' and 'batchwise predict' take the folder.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var step: StepOptions
  @OptionGroup var training: TrainingOptions

  @Option(help: ArgumentHelp("The number of examples that one update averages; 'full' for all.", valueName: "size"))
  var batch = "32"

  @OptionGroup(title: "Schedules and rules") var recipe: RecipeOptions
  @OptionGroup(title: "Regularisation") var regularisation: RegularisationOptions

  @Option(help: ArgumentHelp("The seed of initialisation, order and dropout.", valueName: "number"))
  var seed: UInt64 = 1

  @OptionGroup(title: "The run's folder") var kept: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var config: ConfigurationOptions

  @Flag(help: "Print learning rate and batch size over the training, and end; with --output also as charts.")
  var showSchedule = false

  @Flag(help: "Print where the time of a step went.")
  var profileStep = false

  func run() throws {
    try Machine.prepare()
    let text = try ModelText(step.model)
    let optimizer = try step.optimizer()
    let axis = try BatchAxis(batch)
    let splits = try data.load()
    let sizes = axis.sizes(fullBatch: splits.train.count)
    guard sizes.count == 1 else { throw ValidationError("train takes one batch size; 'study sweep' takes several") }
    let settings = try recipe.recipe(optimizer).settings(batch: sizes[0])
    let plan = TrainingPlan(
      batchSize: sizes[0], microBatch: training.microBatch, epochs: training.epochs, lastBatch: training.lastBatch,
      seed: seed,
      schedule: settings.schedule, batchSchedule: recipe.batchSchedule,
      regularisation: try regularisation.regularisation())
    if showSchedule {
      try show(plan, rate: settings.optimizer.learningRate, examples: splits.train.count)
      return
    }
    let loss = step.loss(for: splits.train)
    let team = try ThreadTeam(threads: step.threadCount)
    let trainer = try Trainer<Float>(
      model: text.model(for: splits.train), data: splits, loss: loss, optimizer: settings.optimizer.optimizer,
      plan: plan, team: team)
    if profileStep { trainer.step.phaseTimes = StepPhaseTimes() }
    let description = RunDescription(
      model: text.description, splits: splits, loss: loss, data: try data.source().description,
      dataDirectory: data.dataDir, label: data.label, validation: data.validation, dataSeed: data.dataSeed)
    let session = try TrainingSession(
      trainer, description, splits: splits, optimizer: settings.optimizer, options: kept, quiet: output.quiet,
      configuration: EffectiveConfiguration(command: "train", self))
    tell(trainer, text, settings.optimizer, splits.train)
    let outcome = try session.train()
    output.print(TrainingTable.table(session.epochEnds))
    if let times = trainer.step.phaseTimes { output.print(PhaseTable.table(times, updates: session.updates)) }
    try session.finish(outcome)
    try conclude(outcome, trainer, splits, loss, team)
  }

  private func tell(
    _ trainer: Trainer<Float>, _ text: ModelText, _ optimizer: OptimizerSettings, _ data: Dataset
  ) {
    let plan = trainer.plan
    for layer in trainer.step.accumulationWarnings {
      output.note("Micro-batches change what \(layer) computes: an update is not that of one large batch.")
    }
    let micro = trainer.step.microBatch < trainer.step.capacity ? " in micro-batches of \(trainer.step.microBatch)" : ""
    let verb = trainer.progress.update > 0 ? "Going on after update \(trainer.progress.update): training" : "Training"
    output.note(
      "\(verb) \(text), \(NumberFormat.grouped(trainer.step.network.parameterCount)) parameters, on "
        + "\(NumberFormat.grouped(data.count)) examples of \(data.name): batch \(plan.batchSize)\(micro), \(optimizer), "
        + "schedule \(plan.schedule), \(plan.epochs) epochs, \(NumberFormat.grouped(trainer.plannedUpdates)) updates.")
  }

  private func conclude(
    _ outcome: TrainingOutcome, _ trainer: Trainer<Float>, _ splits: DataSplits, _ loss: Loss, _ team: ThreadTeam
  ) throws {
    switch outcome {
    case .diverged(let divergence):
      Console.error("\(divergence); try a smaller learning rate (--lr), a warm-up (--warm-up) or clipping (--clip)")
      throw ExitCode.failure
    case .stopped:
      let way = kept.output == nil ? "" : "; the same command with --resume goes on from here"
      output.note("Stopped after update \(trainer.progress.update)\(way).")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    case .stoppedEarly, .finished:
      if outcome == .stoppedEarly {
        output.note(
          "Stopped early after update \(trainer.progress.update): nothing was better than update \(trainer.progress.best?.best?.update ?? 0)."
        )
      }
      let test = try Evaluator(trainer.network, on: splits.test, loss: loss, team: team).evaluate()
      output.note("Test part, \(NumberFormat.grouped(test.examples)) examples: \(TrainingTable.sentence(test)).")
    }
  }

  private func show(_ plan: TrainingPlan, rate: Double, examples: Int) throws {
    let report = ScheduleReport(
      epochs: plan.epochs, examplesPerEpoch: examples, batchSize: plan.batchSize(at:),
      learningRate: { rate * plan.rateFactor(at: $0) })
    output.print(report.table)
    guard let folder = kept.output else { return }
    try DurableFile.makeFolder(folder)
    for (name, chart) in [("rate", report.rateChart), ("batch", report.batchChart)] {
      try DurableFile.write(Array(chart.file().utf8), to: "\(folder)/schedule-\(name).svg")
    }
    output.note("The charts are \(folder)/schedule-rate.svg and \(folder)/schedule-batch.svg.")
  }
}

extension TrainCommand: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    data.entries + step.entries + training.entries
      + [ConfigurationEntry("batch", batch)] + recipe.entries + regularisation.entries + [
        ConfigurationEntry("seed", seed)
      ] + kept.entries + output.entries
      + [ConfigurationEntry("show-schedule", showSchedule), ConfigurationEntry("profile-step", profileStep)]
  }
}
