import ArgumentParser
import Batchwise

/// `batchwise data list`: the data sets that have a name.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the data sets that can be asked for by name.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    output.print(DataTables.list(DataSource.catalogue))
    output.note("The path of a .csv file works as well; --data-dir names a folder with MNIST's four files.")
  }
}
