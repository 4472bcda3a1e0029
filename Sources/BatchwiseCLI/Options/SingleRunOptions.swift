import ArgumentParser

/// What one run has one of, and a study several.
struct SingleRunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of examples that one update averages; 'full' for all.", valueName: "size"))
  var batch = "32"

  @Option(help: ArgumentHelp("The seed of initialisation, order and dropout.", valueName: "number"))
  var seed: UInt64 = 1
}

extension SingleRunOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] { [ConfigurationEntry("batch", batch), ConfigurationEntry("seed", seed)] }
}
