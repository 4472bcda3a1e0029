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

  @Flag(name: .shortAndLong, help: "No notes; the result alone.")
  var quiet = false

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard input == nil || trained.part == nil else {
      throw ValidationError("--input takes the place of the run's data, of which --part names a part; give one of them")
    }
    guard let output, PredictionFile.Kind(path: output) == nil else { return }
    throw ValidationError("--output takes a .csv, .npy or .npz file, not '\(output)'")
  }

  func run() throws {
    try Machine.prepare()
    let trained = try trained.open()
    let examples =
      try input.map { try read($0, for: trained.run) } ?? self.trained.examples(of: trained.run).examples
    let evaluator = try Evaluator(trained.network, on: examples, loss: trained.run.loss, team: trained.team)
    let file = PredictionFile(
      try evaluator.labelledPredictions(), classNames: trained.run.classNames,
      targets: input == nil ? examples.targets : nil)
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
      var numbers = array.floats()
      if array.elementType == .uint8, try run.dividesBytes() { for i in numbers.indices { numbers[i] /= 255 } }
      var features = try Matrix<Float>(rows: count, columns: width, numbers)
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

extension RunDescription {
  /// Whether bytes were read as pictures, from 0 to 1, as those of IDX and NPZ files are.
  fileprivate func dividesBytes() throws(DataError) -> Bool {
    switch try DataSource(parsing: data, directory: dataDirectory, label: label) {
    case .fashionMNIST, .npz: true
    case .csv, .dots, .spirals, .teacher: false
    }
  }
}
