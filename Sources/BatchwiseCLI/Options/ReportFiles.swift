import ArgumentParser
import Batchwise

/// Writes a study's report beside its trials and prints its table and what was found.
enum ReportFiles {
  /// The report of a sweep or of a study of rules, with its charts as files of their own where they are asked for.
  static func write(folder: String, printing: OutputOptions, charts: Bool = false) throws {
    let report: any StudyReport =
      switch FolderContent(of: folder) {
      case .rules: try RulesReport(RulesResults(folder: folder))
      default: SweepReport(try SweepResults(folder: folder))
      }
    try report.write(to: folder)
    if charts { try report.html.writeCharts(to: folder) }
    try printing.print(report.table)
    for finding in report.findings { printing.note(finding) }
    printing.note("Report: \(folder)/report.html")
  }
}
