import ArgumentParser
import Batchwise

/// Which data, and how they are split.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data: a name that 'batchwise data list' shows, or the path of a CSV or NPZ file.", valueName: "name"))
  var data = "fashion-mnist"

  @Option(
    help: ArgumentHelp("The folder with the four IDX files, .gz or not; MNIST's work as they are.", valueName: "folder")
  )
  var dataDir: String?

  @Option(
    help: ArgumentHelp(
      "A CSV file's label column: its name, or its index from 0; the last without it.", valueName: "column"))
  var label: String?

  @Option(help: ArgumentHelp("The number of examples set aside for validation.", valueName: "count"))
  var validation: Int?

  @Option(help: ArgumentHelp("The seed of the split, and of data that are made from a seed.", valueName: "number"))
  var dataSeed: UInt64 = 0

  /// The source that the options name.
  func source() throws(DataError) -> DataSource { try DataSource(parsing: data, directory: dataDir, label: label) }

  /// The data that the options name, cut into parts and standardised.
  func load() throws(DataError) -> DataSplits { try source().load(validation: validation, seed: dataSeed) }
}

extension DataOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("data", data), ConfigurationEntry("data-dir", dataDir), ConfigurationEntry("label", label),
      ConfigurationEntry("validation", validation), ConfigurationEntry("data-seed", dataSeed),
    ]
  }
}
