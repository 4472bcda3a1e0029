import ArgumentParser
import Batchwise

/// `batchwise predict`: what a trained network makes of examples.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict with a checkpoint: labels and probabilities of each example, as CSV, .npy or .npz.",
    discussion: """
      Without --output the predictions are printed as CSV: the example, its label, its target where it is known, and the \
      probability of each class; for values the target and the output. A .npy file holds the probabilities, [examples, \
      classes], a .npz file the arrays 'probabilities' and 'labels', or for values 'outputs'. Features of --input are \
      treated as those of the training were: bytes of pictures are divided by 255, and all are standardised.
      """)

  @OptionGroup var trained: CheckpointOptions

  @Option(
    help: ArgumentHelp(
      "A .npy file of features, [examples, …], in place of the run's data.",
      valueName: "file"))
  var input: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write: .csv, .npy or .npz.", valueName: "file"))
  var output: String?

  @Flag(name: .shortAndLong, inversion: .prefixedNo, exclusivity: .chooseLast, help: "No notes; the result alone.")
  var quiet = false

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard input == nil || trained.part == nil else {
      throw ValidationError("--input takes the place of the run's data, of which --part names a part; give one of them")
    }
    guard input == nil || trained.dataDir == nil else {
      throw ValidationError(
        "--input takes the place of the run's data, of which --data-dir is the folder; give one of them")
    }
    guard let output, PredictionFile.Kind(path: output) == nil else { return }
    throw ValidationError("--output takes a .csv, .npy or .npz file, not '\(output)'")
  }

  func run() throws {
    try Machine.prepare()
    let trained = try trained.open()
    let examples =
      try input.map { try trained.run.examples(inFile: $0) } ?? self.trained.examples(of: trained).examples
    let evaluator = try Evaluator(trained.network, on: examples, loss: trained.run.loss, team: trained.team)
    let file = PredictionFile(
      try evaluator.labelledPredictions(), classNames: trained.run.classNames,
      targets: input == nil ? examples.targets : nil)
    guard let output, let kind = PredictionFile.Kind(path: output) else {
      try Console.result(file.csv)
      return
    }
    try DurableFile.write(try file.bytes(kind), to: output)
    if !quiet { Console.note("Predictions for \(NumberFormat.count(examples.count, "example")) are in \(output).") }
  }
}
