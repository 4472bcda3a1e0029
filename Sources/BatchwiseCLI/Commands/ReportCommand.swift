import ArgumentParser
import Batchwise

/// `batchwise report`: the report of a study or of a profile, from what is there of it.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a study, finished or not, or of a profile, and print its table.",
    discussion: """
      Of a study whose shards were run into several folders, with --shard, name all of them: the report goes into the \
      first.
      """)

  @Argument(help: "The folder of the study or the profile; of a study in shards, all of their folders.")
  var folders: [String]

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Also write the charts as files of their own: chart-1.svg, chart-2.svg ….")
  var charts = false

  @OptionGroup var printing: OutputOptions

  @OptionGroup var config: ConfigurationOptions

  private var folder: String { folders[0] }

  func run() throws {
    let contents = folders.map { FolderContent(of: $0, studies: StudyReports.builtIn.studies) }
    if folders.count > 1, let index = contents.firstIndex(where: { if case .study = $0 { false } else { true } }) {
      try requireFolder(folders[index])
      throw StudyError.noStudy(folder: folders[index])
    }
    switch contents[0] {
    case .profile: try showProfile()
    case .nothing where !DurableFile.isFolder(folder) && folder.hasSuffix(".json"): try showProfile()
    case .study, .oldStudy:
      try StudyReportFiles.write(folders: folders, printing: printing, charts: charts)
      for folder in folders where FolderContent.isInUse(folder) {
        printing.note("\(folder) is in use by another process: the study goes on while it is reported.")
      }
    case .run:
      throw DataError(
        .inconsistent, path: folder, "the folder holds a training run, which has no report",
        hint: "'batchwise evaluate \(folder)' judges it, and \(folder)/metrics.csv tells how it went")
    case .nothing:
      try requireFolder(folder)
      throw StudyError.noStudy(folder: folder)
    }
  }

  private func requireFolder(_ folder: String) throws {
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
