public import ArgumentParser
public import Batchwise

extension WeightsLayout: ExpressibleByArgument {}

/// `batchwise export`: a trained network for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a checkpoint's network for other programs: ONNX, safetensors or NPZ.",
    discussion: """
      An .onnx file is a whole model, with the loss, the class names, the divisor of bytes and the standardisation in its \
      metadata. A .safetensors or .npz file holds the weights under their names, layers.0.weight [in, out] and so on; with --layout \
      pytorch a .safetensors file is what load_state_dict of the torch.nn.Sequential in its header takes.
      """)

  @OptionGroup var trained: CheckpointArgument

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write: .onnx, .safetensors or .npz.", valueName: "file"))
  var output: String

  @Option(help: "The names in a .safetensors file, and which way round its weights lie.")
  var layout: WeightsLayout = .plain

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: """
      Let the ONNX model divide bytes by 255, where the training's were, and standardise: it takes numbers as the files \
      hold them. Without it the model takes features that are standardised already.
      """)
  var standardise = false

  @Flag(name: .shortAndLong, inversion: .prefixedNo, exclusivity: .chooseLast, help: "No notes.")
  var quiet = false

  @OptionGroup var config: ConfigurationOptions

  private enum Kind: String {
    case onnx, safetensors, npz
  }

  private var kind: Kind? { FileEnding.of(output).flatMap { Kind(rawValue: $0) } }

  func validate() throws {
    guard let kind else { throw ValidationError("--output takes an .onnx, .safetensors or .npz file, not '\(output)'") }
    guard layout == .plain || kind == .safetensors else {
      throw ValidationError("--layout \(layout.rawValue) goes with a .safetensors file")
    }
    guard !standardise || kind == .onnx else { throw ValidationError("--standardise goes with an .onnx file") }
  }

  func run() throws {
    try Machine.prepare()
    let (checkpoint, run) = try trained.open()
    let network = try run.network(checkpoint, threads: 1)
    switch kind {
    case .onnx:
      let export = ONNXExport(
        loss: run.loss, classNames: run.classNames, inputDivisor: run.inputDivisor,
        standardisation: run.standardisation, standardisesInput: standardise)
      try export.write(network, to: output)
    case .safetensors: try network.writeWeights(to: output, layout: layout, metadata: run.metadata)
    case .npz:
      let arrays = network.slots.map { ($0.name, StoredArray(shape: $0.shape, network.values(of: $0))) }
      try DurableFile.write(try NPZ.encode(arrays), to: output)
    case nil: preconditionFailure("validate() has let '\(output)' pass")
    }
    guard !quiet else { return }
    let update = NumberFormat.grouped(checkpoint.record.progress.update)
    Console.note("\(output) holds \(checkpoint.record.layers) of \(checkpoint.path), after update \(update).")
  }
}
