public import ArgumentParser
public import Batchwise

extension CSVTable.Header: ExpressibleByArgument, ConfigurationRepresentable {}
extension CSVTable.Separator: ExpressibleByArgument, ConfigurationRepresentable {}
extension PredictionTask: ExpressibleByArgument, ConfigurationRepresentable {}

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

  @Option(help: ArgumentHelp("Whether a CSV file's first line names its columns.", valueName: "answer"))
  var header: CSVTable.Header = .detect

  @Option(help: ArgumentHelp("What stands between the cells of a CSV file.", valueName: "name"))
  var separator: CSVTable.Separator = .detect

  @Option(
    help: ArgumentHelp(
      "What a CSV or NPZ file's labels are: classes, as whole numbers can be, or values.", valueName: "kind"))
  var task: PredictionTask = .detect

  @Option(help: ArgumentHelp("The number of examples set aside for validation.", valueName: "count"))
  var validation: Int?

  @Option(help: ArgumentHelp("The seed of the split, and of data that are made from a seed.", valueName: "number"))
  var dataSeed: UInt64 = 0

  /// How files of one's own are read.
  var reading: ReadingSettings { ReadingSettings(label: label, header: header, separator: separator, task: task) }

  /// The source that the options name.
  func source() throws(DataError) -> DataSource { try DataSource(parsing: data, directory: dataDir, reading: reading) }

  /// The data that the options name, cut into parts and standardised; what is to be known of how they were read is noted.
  func load(_ printing: OutputOptions) throws(DataError) -> DataSplits {
    let splits = try source().load(validation: validation, seed: dataSeed)
    printing.note(splits.notes)
    return splits
  }
}

extension DataOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] {
    [
      ConfigurationEntry("data", data), ConfigurationEntry("data-dir", dataDir), ConfigurationEntry("label", label),
      ConfigurationEntry("header", header), ConfigurationEntry("separator", separator),
      ConfigurationEntry("task", task),
      ConfigurationEntry("validation", validation), ConfigurationEntry("data-seed", dataSeed),
    ]
  }
}
