import ArgumentParser
import Batchwise

/// A subcommand of `study`: the options of a kind of study, turned into what is measured.
protocol StudySubcommand: ParsableCommand {
  /// The report of the kind of study.
  associatedtype Report: StudyReport
  /// How its trials are measured.
  associatedtype Measurement: StudyMeasurement where Measurement.Plan == Report.Plan

  var printing: OutputOptions { get }
  var trials: StudyOptions { get }
  /// The folder of the study.
  var output: String { get }
  /// The number of threads that the options ask for.
  var threadCount: Int { get }
  /// What is to compute products; nil for what the environment says.
  var engine: GEMMEngine? { get }

  /// What the options ask for; remarks about settings without effect are noted on the way.
  func measurement() throws -> Measurement
}

extension StudySubcommand {
  func run() throws {
    try Machine.prepare()
    let context = try Machine.context(threads: threadCount, engine: engine)
    let measurement = try measurement()
    if trials.dryRun {
      try printing.print(StudyCostTable.table(try measurement.cost(context)))
      return
    }
    let study = try Study(
      measurement, folder: output, context: context, shard: trials.shard ?? .whole,
      arguments: Array(CommandLine.arguments.dropFirst()))
    if !study.contextDifferences.isEmpty, !study.remaining.isEmpty {
      printing.note(
        "The study is resumed with the compute context that it was begun with, in which its trials agree in every bit; "
          + "here it would be another one (\(study.contextDifferences.joined(separator: ", "))).")
    }
    try StudyProgress<Report>(study, printing: printing).run(study, folder: output)
    try StudyReportFiles.write(folders: [output], printing: printing)
  }
}

/// Writes a study's report beside its trials and prints its table and what was found.
enum StudyReportFiles {
  /// The report of a study of any kind, from its folder or from those of its shards, into the first of which it is
  /// written; with its charts as files of their own where they are asked for.
  static func write(folders: [String], printing: OutputOptions, charts: Bool = false) throws {
    let report = try StudyReports.builtIn.report(of: folders)
    let folder = folders[0]
    try report.write(to: folder)
    if charts { try report.html.writeCharts(to: folder) }
    try printing.print(report.table)
    for finding in report.findings { printing.note(finding) }
    printing.note("Report: \(folder)/report.html")
  }
}
