import ArgumentParser
import Batchwise

/// `batchwise train`: one training run, shown on the way, kept and resumed where that is asked for.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model once: show how it goes, keep it, resume it.",
    discussion: """
      With --output the folder holds config.json (all options as they were in effect, for --config), metrics.jsonl \
      and metrics.csv, with --observe observations.csv, checkpoints/ and at the end weights.safetensors. Ctrl-C \
      saves a checkpoint; the same command with --resume continues from there with the same bits. 'batchwise \
      evaluate', 'predict' and 'export' take the folder.

      A first run: batchwise train --data dots --model mlp:16 --output runs/first
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Training") var single: SingleRunOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup var step: StepOptions
  @OptionGroup(title: "Schedules and rules") var recipe: RecipeOptions
  @OptionGroup(title: "Regularisation") var regularisation: RegularisationOptions

  @OptionGroup(title: "Measurements") var observation: ObservationOptions
  @OptionGroup(title: "The run's folder") var kept: RunOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var config: ConfigurationOptions

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Print learning rate and batch size over the training, and end; with --output also as charts.")
  var showSchedule = false

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Print where the time of a step went; as json or csv in place of the evaluations.")
  var profileStep = false

  func run() throws {
    try Machine.prepare()
    let text = try ModelText(step.model)
    let optimizer = try step.optimizer()
    let axis = try BatchAxis(single.batch)
    let splits = try data.load(printing)
    try kept.bestMetric.requireFit(splits.train, option: "--best-by")
    let sizes = axis.sizes(fullBatch: splits.train.count)
    guard sizes.count == 1 else { throw ValidationError("train takes one batch size; 'study sweep' takes several") }
    let settings = try recipe.recipe(optimizer).settings(batch: sizes[0])
    let plan = TrainingPlan(
      batchSize: sizes[0], microBatch: training.microBatch, epochs: training.epochs, lastBatch: training.lastBatch,
      seed: single.seed, schedule: settings.schedule, batchSchedule: recipe.batchSchedule,
      regularisation: try regularisation.regularisation(for: splits.train))
    if showSchedule {
      try plan.check(exampleCount: splits.train.count)
      try show(plan, rate: settings.optimizer.learningRate, examples: splits.train.count)
      return
    }
    let loss = step.loss(for: splits.train)
    let session = TrainingSession(options: kept, output: printing)
    let here = try Machine.context(threads: step.threadCount, engine: step.engine)
    let point = try session.resumePoint()
    // A run that is resumed computes as it was begun, and otherwise only where other threads or another engine are
    // asked for, or where this processor does not run its instructions.
    let begun = point?.checkpoint.record.context
    let runsHere = begun?.instructionSet.isSupported ?? true
    var context = runsHere ? begun ?? here : here
    if step.threads != nil { context.threads = here.threads }
    if step.engine != nil { context.engine = here.engine }
    let team = try ThreadTeam(threads: context.threads)
    let trainer = try Trainer<Float>(
      model: text.model(for: splits.train), data: splits, loss: loss, optimizer: settings.optimizer,
      plan: plan, quantities: observation.quantities(), team: team, context: context)
    if profileStep { trainer.step.phaseTimes = StepPhaseTimes() }
    let run = try TrainingRun(
      trainer,
      description: RunDescription(
        model: text.description, splits: splits, loss: loss, data: data.data, dataDirectory: data.dataDir,
        reading: data.reading, validation: splits.validation.count, dataSeed: data.dataSeed), splits: splits,
      optimizer: OptimizerSettings(settings.optimizer), folder: kept.output, settings: kept.settings, resuming: point,
      acceptingOtherContext: step.threads != nil || step.engine != nil || !runsHere,
      arguments: Array(CommandLine.arguments.dropFirst()), replaces: kept.resume)
    if let folder = kept.output {
      try EffectiveConfiguration(command: "train", try completed(for: splits)).write(to: "\(folder)/config.json")
    }
    if let point { session.tellChanges(point, run, here: here) }
    tell(trainer, text, settings.optimizer, splits.train)
    let outcome = try session.train(run)
    try show(run, trainer.step.phaseTimes)
    try conclude(outcome, run, splits, loss, team)
  }

  /// The same command, with what is in effect for the data in place of what was left out.
  private func completed(for splits: DataSplits) throws(OptimizerError) -> TrainCommand {
    var command = self
    command.data.validation = splits.validation.count
    command.step = try step.completed(for: splits.train)
    return command
  }

  /// One document where programs read it.
  private func show(_ run: TrainingRun, _ times: StepPhaseTimes?) throws(FileError) {
    let isForPeople = printing.format == .table || printing.format == .markdown
    var result = TableGroup()
    if times == nil || isForPeople || observation.observe != nil {
      result.append("evaluations", TrainingTable.table(run.epochEnds))
    }
    if observation.observe != nil { result.append("observations", MeasurementTable.table(run.observations)) }
    if let times { result.append("phases", PhaseTable.table(times, updates: run.updates)) }
    // A list of rows, as it is known, where there is one table.
    if result.members.count == 1 { try printing.print(result.members[0].table) } else { try printing.print(result) }
  }

  private func tell(
    _ trainer: Trainer<Float>, _ text: ModelText, _ optimizer: any Optimizer, _ data: Dataset
  ) {
    let plan = trainer.plan
    for layer in trainer.step.accumulationWarnings {
      printing.note("\(layer).")
    }
    for note in SettingsWithoutEffect.notes(plan, largestBatch: trainer.step.capacity) { printing.note(note) }
    if let end = ended(trainer) {
      printing.note("The run in \(kept.output ?? "") has ended \(end); nothing is left to do.")
      return
    }
    let micro = trainer.step.microBatch < trainer.step.capacity ? " in micro-batches of \(trainer.step.microBatch)" : ""
    let verb = trainer.progress.update > 0 ? "Resumed after update \(trainer.progress.update): training" : "Training"
    printing.note(
      "\(verb) \(text), \(NumberFormat.count(trainer.step.network.parameterCount, "parameter")), on "
        + "\(NumberFormat.count(data.count, "example")) of \(data.name): batch \(plan.batchSize)\(micro), "
        + "\(optimizer), schedule \(plan.schedule), \(NumberFormat.count(plan.epochs, "epoch")), "
        + "\(NumberFormat.count(trainer.plannedUpdates, "update")).")
  }

  /// How a run that is resumed has ended already; nil where something is left to do.
  private func ended(_ trainer: Trainer<Float>) -> String? {
    let progress = trainer.progress
    guard progress.update > 0 else { return nil }
    let place = "after update \(NumberFormat.grouped(progress.update))"
    if progress.epoch >= trainer.plan.epochs {
      return "\(place), epoch \(progress.epoch) (more --epochs continue it)"
    }
    return progress.best?.shouldStop == true ? "early \(place)" : nil
  }

  private func conclude(
    _ outcome: TrainingOutcome, _ run: TrainingRun, _ splits: DataSplits, _ loss: any Loss, _ team: ThreadTeam
  ) throws {
    let trainer = run.trainer
    let update = NumberFormat.grouped(trainer.progress.update)
    switch outcome {
    case .diverged(let divergence):
      Console.error(
        "\(divergence); \(try lastGoodCheckpoint(run)); try a smaller learning rate (--lr), a warm-up (--warm-up) or "
          + "clipping (--clip)")
      throw ExitCode.failure
    case .stopped:
      // Told even when quiet: it is why there is no result.
      Console.note(
        kept.output == nil
          ? "Stopped after update \(update); without --output nothing is kept."
          : "Stopped after update \(update) and saved; the same command with --resume continues from here.")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    case .stoppedEarly, .finished:
      if outcome == .stoppedEarly, let sentence = TrainingText.earlyStop(trainer.progress) { printing.note(sentence) }
      let test = try Evaluator(trainer.network, on: splits.test, loss: loss, team: team).evaluate()
      printing.note("Test part, \(NumberFormat.count(test.examples, "example")): \(TrainingText.sentence(test)).")
      if let folder = kept.output {
        printing.note(
          "The run is in \(folder): weights.safetensors are its \(run.weights.rawValue) weights, and "
            + "'batchwise evaluate \(folder)' takes its best.")
      }
    }
  }

  /// Where a run that has diverged was last in order: `the last good checkpoint is …`.
  private func lastGoodCheckpoint(_ run: TrainingRun) throws -> String {
    guard run.folder != nil else { return "without --output no checkpoint was saved" }
    return try run.lastCheckpoint().map { "the last good checkpoint is \($0)" } ?? "no checkpoint was saved before"
  }

  private func show(_ plan: TrainingPlan, rate: Double, examples: Int) throws {
    let report = ScheduleReport(
      epochs: plan.epochs, examplesPerEpoch: examples, batchSize: plan.batchSize(at:),
      learningRate: { rate * plan.rateFactor(at: $0) })
    try printing.print(report.table)
    guard let folder = kept.output else { return }
    try DurableFile.makeFolder(folder)
    for (name, chart) in [("rate", report.rateChart), ("batch", report.batchChart)] {
      try DurableFile.write(Array(chart.file().utf8), to: "\(folder)/schedule-\(name).svg")
    }
    printing.note("The charts are \(folder)/schedule-rate.svg and \(folder)/schedule-batch.svg.")
  }
}

extension TrainCommand: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    data.entries + step.entries + training.entries
      + single.entries + recipe.entries + regularisation.entries + observation.entries + kept.entries + printing.entries
      + [ConfigurationEntry("show-schedule", showSchedule), ConfigurationEntry("profile-step", profileStep)]
  }
}
