import ArgumentParser
import Batchwise

/// Writes a study's report beside its trials and prints its table.
enum ReportFiles {
  /// The report of a sweep or of a study of rules, with its charts as files of their own where they are asked for.
  static func write(folder: String, printing: OutputOptions, charts: Bool = false) throws {
    if RulesResults.isStudy(folder) {
      let report = try RulesReport(try RulesResults(folder: folder))
      try report.write(to: folder)
      try show(report.table, report.html, folder: folder, printing: printing, charts: charts)
      for finding in report.findings { printing.note(finding) }
    } else {
      let report = SweepReport(try SweepResults(folder: folder))
      try report.write(to: folder)
      try show(report.table, report.html, folder: folder, printing: printing, charts: charts)
    }
    printing.note("Report: \(folder)/report.html")
  }

  private static func show(
    _ table: TextTable, _ page: HTMLReport, folder: String, printing: OutputOptions, charts: Bool
  ) throws {
    if charts { try page.writeCharts(to: folder) }
    printing.print(table)
  }
}
