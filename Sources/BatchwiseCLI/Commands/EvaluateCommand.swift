import ArgumentParser
import Batchwise

/// `batchwise evaluate`: how good a trained network is.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluate a checkpoint: loss and accuracy over a part of the data, by class.")

  @OptionGroup var trained: CheckpointOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var config: ConfigurationOptions

  func run() throws {
    try Machine.prepare()
    let trained = try trained.open()
    let (part, examples) = try self.trained.examples(of: trained)
    let evaluator = try Evaluator(trained.network, on: examples, loss: trained.run.loss, team: trained.team)
    let result = evaluator.evaluate()
    let classes = try evaluator.labelledPredictions().classes
    try printing.print(EvaluationTable.table(result, classes: classes, examples: examples))
    printing.note(
      "\(trained.checkpoint.path), after update \(NumberFormat.grouped(trained.checkpoint.record.progress.update)), on the "
        + "\(part.rawValue) part, \(NumberFormat.count(result.examples, "example")): "
        + "\(TrainingText.sentence(result)).")
  }
}
