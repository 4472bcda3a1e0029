import ArgumentParser
import Batchwise

/// `batchwise report`: the report of a study, from what is there of it.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a study, finished or not, or of a profile, and print its table.")

  @Argument(help: "The folder of the study or the profile.")
  var folder: String

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Also write the charts as files of their own: chart-1.svg, chart-2.svg ….")
  var charts = false

  @OptionGroup var printing: OutputOptions

  @OptionGroup var file: ConfigurationOptions

  func run() throws {
    switch FolderContent(of: folder) {
    case .profile: try showProfile()
    case .nothing where !DurableFile.isFolder(folder) && folder.hasSuffix(".json"): try showProfile()
    case .rules, .sweep: try ReportFiles.write(folder: folder, printing: printing, charts: charts)
    case .run:
      throw DataError(
        .inconsistent, path: folder, "the folder holds a training run, which has no report",
        hint: "'batchwise evaluate \(folder)' judges it, and \(folder)/metrics.csv tells how it went")
    case .nothing:
      try requireFolder()
      throw StudyError.noStudy(folder: folder)
    }
  }

  private func requireFolder() throws {
    do {
      _ = try DurableFile.names(in: folder)
    } catch {
      guard case .system(_, _, let reason) = error else { throw error }
      throw DataError(
        .unreadable, path: folder, "the folder cannot be read (\(reason))",
        hint: "give the folder of a study or of a profile")
    }
  }

  private func showProfile() throws {
    let path = ProfilePath(folder)
    let report = ProfileReport(try path.profile())
    try report.write(to: path.folder)
    if charts { try report.writeCharts(to: path.folder) }
    try ProfileFiles.show(report, printing: printing)
  }
}
