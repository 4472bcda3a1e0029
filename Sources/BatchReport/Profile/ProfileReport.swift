public import BatchFoundation
import BatchProfiling
public import BatchScience

/// The report of a profile of products or of training steps: tables, findings, and a page with charts.
public struct ProfileReport: Sendable {
  private let profile: Profile
  private let content: any ProfileContent

  /// The report of what there is of a profile.
  public init(_ profile: Profile) {
    self.profile = profile
    switch profile {
    case .gemm(let products):
      if let analysis = AlignmentAnalysis(products) {
        content = AlignmentReport(profile: products, analysis: analysis)
      } else {
        content = GEMMReport(products)
      }
    case .step(let steps): content = StepReport(steps)
    }
  }

  /// The tables, the main one first: it holds everything that is known of a point, for people what fits a line of a
  /// terminal, and all of it in the formats for machines.
  public var tables: [TextTable] { content.tables }

  /// What was found, a sentence each, with intervals.
  public var findings: [String] { content.findings }

  /// The report as a page.
  public var html: HTMLReport {
    HTMLReport(
      title: content.title, subtitle: content.subtitle, findings: findings, sections: content.sections,
      circumstances: content.circumstances, json: String(decoding: profile.json, as: UTF8.self))
  }

  /// The charts of the page, in its order.
  public var charts: [Chart] { content.sections.flatMap(\.charts) }

  /// Writes the charts as `chart-1.svg`, `chart-2.svg` … into a folder, which is made where it is missing.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when a file cannot be written.
  public func writeCharts(to folder: String) throws(FileError) {
    try html.writeCharts(to: folder)
  }

  /// Writes `profile.json`, `results.csv` and `report.html` into a folder, which is made where it is missing.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when a file cannot be written.
  public func write(to folder: String) throws(FileError) {
    try DurableFile.makeFolder(folder)
    try profile.write(to: "\(folder)/profile.json")
    try DurableFile.write(Array(tables[0].rendered(as: .csv).utf8), to: "\(folder)/results.csv")
    try DurableFile.write(Array(html.rendered().utf8), to: "\(folder)/report.html")
  }
}

/// What the reports of all kinds of profiles have.
protocol ProfileContent: Sendable {
  var title: String { get }
  var subtitle: String { get }
  var findings: [String] { get }
  /// At least one.
  var tables: [TextTable] { get }
  var sections: [HTMLReport.Section] { get }
  var circumstances: [(name: String, value: String)] { get }
}
