import ArgumentParser
import Batchwise

/// `batchwise report`: the report of a study, from what is there of it.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a study, finished or not, or of a profile, and print its table.")

  @Argument(help: "The folder of the study or the profile.")
  var folder: String

  @Flag(help: "Also write the charts as files of their own: chart-1.svg, chart-2.svg ….")
  var charts = false

  @OptionGroup var printing: OutputOptions

  @OptionGroup var file: ConfigurationOptions

  func run() throws {
    if ProfilePath.holdsProfile(folder) {
      let file = ProfilePath.file(folder)
      let report = ProfileReport(try Profile(path: file))
      let target = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
      try report.write(to: target)
      if charts { try report.writeCharts(to: target) }
      ProfileFiles.show(report, printing: printing)
      return
    }
    try ReportFiles.write(folder: folder, printing: printing, charts: charts)
  }
}
