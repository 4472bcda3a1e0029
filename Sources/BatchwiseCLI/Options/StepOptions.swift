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

  @Option(name: [.long, .customLong("lr")], help: ArgumentHelp("The learning rate.", valueName: "number"))
  var learningRate = 0.01

  @Option(help: ArgumentHelp("SGD's momentum, at least 0 and below 1.", valueName: "number"))
  var momentum = 0.9

  @Flag(help: "Nesterov's form of momentum.")
  var nesterov = false

  @Option(help: ArgumentHelp("SGD's weight decay.", valueName: "number"))
  var weightDecay = 0.0

  @Option(help: ArgumentHelp("The number of threads; all processors without it.", valueName: "count"))
  var threads: Int?

  /// The update rule.
  func optimizer() throws(OptimizerError) -> SGD {
    try SGD(learningRate: learningRate, momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
  }

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
      ConfigurationEntry("model", model), ConfigurationEntry("loss", loss),
      ConfigurationEntry("learning-rate", learningRate), ConfigurationEntry("momentum", momentum),
      ConfigurationEntry("nesterov", nesterov), ConfigurationEntry("weight-decay", weightDecay),
      ConfigurationEntry("threads", threads),
    ]
  }
}
