public import ArgumentParser
public import Batchwise

extension BatchSampler.LastBatch: ExpressibleByArgument {}

/// How long a model is trained, and on which batches; the same for every batch size of a study.
struct TrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of passes over the training examples.", valueName: "count"))
  var epochs = 10

  @Option(
    help: ArgumentHelp(
      "A short last batch: keep, drop, or wrap (filled up from the epoch's start).", valueName: "policy"))
  var lastBatch: BatchSampler.LastBatch = .keep

  @Option(
    help: ArgumentHelp("The most examples that go through the network at once; all without it.", valueName: "size"))
  var microBatch: Int?
}

extension BatchSampler.LastBatch: ConfigurationRepresentable {}

extension TrainingOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("epochs", epochs), ConfigurationEntry("last-batch", lastBatch),
      ConfigurationEntry("micro-batch", microBatch),
    ]
  }
}
