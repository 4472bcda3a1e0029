public import ArgumentParser
public import Batchwise

extension Loss: ExpressibleByArgument {}

/// The model, and what a training step does with it.
struct StepOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model, such as mlp:512,512 or mlp:256,256:tanh.", valueName: "model"))
  var model = "mlp:512,512"

  @Option(
    help: ArgumentHelp("The loss; for classes softmax-cross-entropy, for values mean-squared-error.", valueName: "loss")
  )
  var loss: Loss?

  @Option(help: ArgumentHelp("The number of threads; all processors without it.", valueName: "count"))
  var threads: Int?

  @OptionGroup(title: "Optimizer") var updates: OptimizerOptions

  /// The optimizer.
  func optimizer() throws(OptimizerError) -> OptimizerSettings { try updates.settings() }

  /// The number of threads to use.
  var threadCount: Int { threads ?? ThreadTeam.availableProcessors }

  /// The loss that was asked for, or the one that fits the data.
  func loss(for data: Dataset) -> Loss {
    if let loss { return loss }
    if case .classes = data.targets { return .softmaxCrossEntropy }
    return .meanSquaredError
  }
}

extension Loss: ConfigurationRepresentable {}

extension StepOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("model", model), ConfigurationEntry("loss", loss), ConfigurationEntry("threads", threads),
    ] + updates.entries
  }
}
