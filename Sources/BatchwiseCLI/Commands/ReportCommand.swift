import ArgumentParser
import Batchwise

/// `batchwise report`: the report of a study, from what is there of it.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the report of a study, finished or not, and print its table.")

  @Argument(help: "The folder of the study.")
  var folder: String

  @OptionGroup var printing: OutputOptions

  func run() throws {
    try ReportFiles.write(folder: folder, printing: printing)
  }
}
