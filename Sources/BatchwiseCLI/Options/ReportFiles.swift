import Batchwise

/// Writes a study's report beside its trials and prints its table.
enum ReportFiles {
  static func write(folder: String, printing: OutputOptions) throws {
    let results = try SweepResults(folder: folder)
    let report = SweepReport(results)
    try report.write(to: folder)
    printing.print(report.table)
    printing.note("Report: \(folder)/report.html")
  }
}
