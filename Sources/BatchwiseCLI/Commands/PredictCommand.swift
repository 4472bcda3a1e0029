import ArgumentParser
import Batchwise

/// `batchwise predict`: what a trained network makes of examples.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict with a checkpoint: labels and probabilities of each example, as CSV, .npy or .npz.",
    discussion: """
      Without --output the predictions are printed as CSV: the example, its label, and the probability of each class. A \
      .npy file holds the probabilities, [examples, classes], a .npz file the array 'labels' as well. Features of --input \
      are standardised as those of the training were.
      """)

  @OptionGroup var trained: CheckpointOptions

  @Option(
    help: ArgumentHelp(
      "A .npy file of features, [examples, …], as they were read for training, in place of the run's data.",
      valueName: "file"))
  var input: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write: .csv, .npy or .npz.", valueName: "file"))
  var output: String?

  @Flag(name: .shortAndLong, help: "No notes; the result alone.")
  var quiet = false

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard let output, PredictionFile.Kind(path: output) == nil else { return }
    throw ValidationError("--output takes a .csv, .npy or .npz file, not '\(output)'")
  }

  func run() throws {
    try Machine.prepare()
    let trained = try trained.open()
    let examples =
      try input.map { try read($0, for: trained.run) } ?? self.trained.part.examples(of: trained.run.load())
    let evaluator = try Evaluator(trained.network, on: examples, loss: trained.run.loss, team: trained.team)
    let file = PredictionFile(
      try evaluator.predictions(), classNames: trained.run.classNames, targets: input == nil ? examples.targets : nil)
    guard let output, let kind = PredictionFile.Kind(path: output) else {
      Console.result(file.csv)
      return
    }
    try DurableFile.write(try file.bytes(kind), to: output)
    if !quiet { Console.note("Predictions for \(NumberFormat.grouped(examples.count)) examples are in \(output).") }
  }

  /// Features alone, standardised as the training's were; what they are to be compared with is not known.
  private func read(_ path: String, for run: RunDescription) throws(DataError) -> Dataset {
    let array = try NPY.read(path)
    let count = array.shape.first ?? 0
    let width = run.inputShape.reduce(1, *)
    guard array.shape.count >= 1, array.count == count * width, count > 0 else {
      throw DataError(
        .inconsistent, path: path,
        "the array has the shape \(array.shape), and the network takes examples of \(run.inputShape)",
        mend: "give an array [examples, \(run.inputShape.map(String.init).joined(separator: ", "))]")
    }
    do {
      var features = try Matrix<Float>(rows: count, columns: width, array.floats())
      run.standardisation.apply(to: &features)
      let none: Targets =
        try run.classNames.map { .classes(labels: [Int32](repeating: 0, count: count), names: $0) }
        ?? .values(Matrix(rows: count, columns: run.outputs))
      return try Dataset(name: path, features: features, exampleShape: run.inputShape, targets: none)
    } catch let error as DataError {
      throw error
    } catch {
      throw DataError(.outOfMemory, path: path, "\(error)", mend: "predict fewer examples at once")
    }
  }
}
