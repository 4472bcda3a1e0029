import ArgumentParser

/// `batchwise data`: which data there are, and what is in them.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "List the data sets and look into one.",
    subcommands: [DataListCommand.self, DataInspectCommand.self])
}
