public import ArgumentParser
public import Batchwise

extension NamedLoss: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }

  public static var allValueStrings: [String] { known.map(\.name) }

  public var defaultValueDescription: String { description }
}

extension GEMMEngine: ExpressibleByArgument {}

/// What computes the products of dense layers.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "auto: the faster of both, as measured. openblas: OpenBLAS alone. kernels: the package's own alone. Without it "
        + "what BATCHWISE_GEMM says, or auto."))
  var engine: GEMMEngine?
}

/// The network, and what it is to make small.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model, such as mlp:512,512, mlp:256,256:tanh or mlp:512,512:relu:dropout=0.2.", valueName: "model"))
  var model = "mlp:512,512"

  @Option(
    help: ArgumentHelp("The loss; for classes softmax-cross-entropy, for values mean-squared-error.", valueName: "loss")
  )
  var loss: NamedLoss?
}

/// The model, and what a training step does with it.
struct StepOptions: ParsableArguments {
  // Groups within a group keep their titles only where that has none of its own.
  @OptionGroup(title: "Model") var network: ModelOptions

  @Option(help: ThreadHelp.one)
  var threads: Int?

  @OptionGroup var engines: EngineOptions

  /// What is to compute products; nil for what the environment says.
  var engine: GEMMEngine? { engines.engine }

  @OptionGroup(title: "Optimizer") var updates: OptimizerOptions

  /// The text of the model.
  var model: String { network.model }

  /// The optimizer.
  func optimizer() throws(OptimizerError) -> OptimizerSettings { try updates.settings() }

  /// The number of threads to use.
  var threadCount: Int { threads ?? Machine.defaultThreads.count }

  /// The same options, with what is in effect for the data in place of what was left out.
  func completed(for data: Dataset) throws(OptimizerError) -> StepOptions {
    var options = self
    options.threads = threadCount
    options.network.loss = NamedLoss(wrappedValue: loss(for: data))
    options.updates = try updates.completed()
    return options
  }

  /// The loss that was asked for, or the one that fits the data.
  func loss(for data: Dataset) -> any Loss {
    if let loss = network.loss { return loss.wrappedValue }
    if case .classes = data.targets { return SoftmaxCrossEntropy() }
    return MeanSquaredError()
  }
}

extension NamedLoss: ConfigurationRepresentable {
  var configurationValue: ConfigurationValue { .text(description) }
}
extension GEMMEngine: ConfigurationRepresentable {}

extension StepOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("model", model), ConfigurationEntry("loss", network.loss),
      ConfigurationEntry("threads", threads), ConfigurationEntry("engine", engine),
    ] + updates.entries
  }
}

/// What the options for threads say of themselves.
enum ThreadHelp {
  /// Of an option that takes one number.
  static let one = ArgumentHelp(
    "The number of threads; without it that of OPENBLAS_NUM_THREADS or OMP_NUM_THREADS, else all processors.",
    valueName: "count")
}
