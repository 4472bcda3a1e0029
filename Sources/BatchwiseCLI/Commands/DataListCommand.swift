import ArgumentParser
import Batchwise

/// `batchwise data list`: the data sets that have a name.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the data sets that can be asked for by name.")

  @OptionGroup var printing: OutputOptions

  @OptionGroup var config: ConfigurationOptions

  func run() throws {
    try printing.print(DataTables.list(DataSource.catalogue()))
    printing.note("Options of a synthetic task follow its name: --data dots:examples=500,distance=3.")
  }
}
