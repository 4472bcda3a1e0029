public import ArgumentParser
public import Batchwise

extension TableFormat: ExpressibleByArgument {}

/// How a result is printed.
struct OutputOptions: ParsableArguments {
  @Option(help: "How to print the result.")
  var format: TableFormat = .table

  @Flag(
    name: .shortAndLong, inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "No notes and no progress; the result alone.")
  var quiet = false

  /// Prints a table as the result.
  func print(_ table: TextTable) throws(FileError) { try Console.result(table.rendered(as: format)) }

  /// Prints tables as one result.
  func print(_ group: TableGroup) throws(FileError) {
    try Console.result(group.rendered(as: format))
    guard format == .csv, group.members.count > 1 else { return }
    let others = group.members.dropFirst().map(\.name).joined(separator: ", ")
    note("CSV holds one table; --format json holds the others, too: \(others).")
  }

  /// Prints a note, unless quiet.
  func note(_ text: String) {
    if !quiet { Console.note(text) }
  }

  /// Prints what is to be known of how data were read, unless quiet.
  func note(_ notes: [DataNote]) {
    for note in notes { self.note(note.message) }
  }
}

extension TableFormat: ConfigurationRepresentable {}

extension OutputOptions: ConfigurationWriting {
  var entries: [ConfigurationEntry] { [ConfigurationEntry("format", format), ConfigurationEntry("quiet", quiet)] }
}

/// Where options are read from besides the command line; ``ConfiguredArguments`` does it.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read options from this JSON file, such as {\"batch\": 64, \"quiet\": true}, under their long names; those given "
        + "here win, as --no-quiet does.",
      valueName: "file"))
  var config: String?
}
