import ArgumentParser
import Batchwise

/// `batchwise data list`: the data sets that have a name.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the data sets that can be asked for by name.")

  @OptionGroup var output: OutputOptions

  @OptionGroup var file: ConfigurationOptions

  func run() throws {
    try output.print(DataTables.list(DataSource.catalogue()))
    output.note("Options of a synthetic task follow its name: --data dots:examples=500,distance=3.")
  }
}
