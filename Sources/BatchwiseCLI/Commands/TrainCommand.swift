import ArgumentParser
import Batchwise

/// `batchwise train`: one training run, shown as it goes on.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model once and show how it went.")

  @OptionGroup var data: DataOptions
  @OptionGroup var step: StepOptions
  @OptionGroup var training: TrainingOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("The number of examples that one update averages; 'full' for all.", valueName: "size"))
  var batch = "32"

  @Option(help: ArgumentHelp("The seed of initialisation and order.", valueName: "number"))
  var seed: UInt64 = 1

  @OptionGroup var file: ConfigurationOptions

  func run() throws {
    try Machine.prepare()
    let optimizer = try step.optimizer()
    let axis = try BatchAxis(batch)
    let text = try ModelText(step.model)
    let splits = try data.load()
    let sizes = axis.sizes(fullBatch: splits.train.count)
    guard sizes.count == 1 else { throw ValidationError("train takes one batch size; 'study sweep' takes several") }
    let loss = step.loss(for: splits.train)
    let team = try ThreadTeam(threads: step.threadCount)
    let trainer = try Trainer<Float>(
      model: text.model(for: splits.train), data: splits, loss: loss, optimizer: optimizer,
      plan: TrainingPlan(batchSize: sizes[0], epochs: training.epochs, lastBatch: training.lastBatch, seed: seed),
      team: team)
    output.note(
      "Training \(text), \(NumberFormat.grouped(trainer.step.network.parameterCount)) parameters, on "
        + "\(NumberFormat.grouped(splits.train.count)) examples of \(splits.train.name): batch \(sizes[0]), "
        + "\(optimizer), \(training.epochs) epochs of \(NumberFormat.grouped(trainer.updatesPerEpoch)) updates.")
    let run = try observe(trainer)
    output.print(TrainingTable.table(run.records))
    switch run.outcome {
    case .diverged(let update):
      Console.error("the loss ceased to be a number at update \(update); try a smaller learning rate (--lr)")
      throw ExitCode.failure
    case .stopped:
      output.note("Stopped after update \(run.updates); the table shows the evaluations up to there.")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    case .finished:
      let test = try Evaluator(trainer.step.network, on: splits.test, loss: loss, team: team).evaluate()
      output.note("Test part, \(NumberFormat.grouped(test.examples)) examples: \(TrainingTable.sentence(test)).")
    }
  }

  private func observe(
    _ trainer: Trainer<Float>
  ) throws -> (
    outcome: TrainingOutcome, records: [EvaluationRecord], updates: Int
  ) {
    Interrupt.catchSignals()
    var progress = ProgressLine(quiet: output.quiet)
    var records: [EvaluationRecord] = []
    var updates = 0
    let total = trainer.updatesPerEpoch * trainer.plan.epochs
    let begin = ContinuousClock.now
    let outcome = try trainer.run(
      TrainingObserver(
        onUpdate: { update, loss in
          updates = update
          let share = Double(update) / Double(total)
          progress.draw(share: share) {
            let elapsed = (ContinuousClock.now - begin) / .seconds(1)
            let rate = Double(update * trainer.plan.batchSize) / elapsed
            return "loss \(NumberFormat.significant(loss, digits: 3))  \(NumberFormat.grouped(Int(rate))) examples/s  "
              + "\(NumberFormat.duration(elapsed / share - elapsed)) left"
          }
        },
        // Evaluations inside an epoch matter to studies; here the ends of epochs are enough.
        onEvaluation: { if $0.update % trainer.updatesPerEpoch == 0 { records.append($0) } },
        shouldStop: { Interrupt.isRequested }))
    progress.clear()
    return (outcome, records, updates)
  }
}

extension TrainCommand: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    data.entries + step.entries + training.entries + output.entries
      + [ConfigurationEntry("batch", batch), ConfigurationEntry("seed", seed)]
  }
}
