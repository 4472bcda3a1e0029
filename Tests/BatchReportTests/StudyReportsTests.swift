import BatchFoundation
import BatchScience
import BatchTestSupport
import Testing

@testable import BatchReport

/// The report half of the registry: a folder is told by its kind, and a program's own kinds are added.
@Suite struct StudyReportsTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/s" }

  @Test func eachKindHasItsReport() throws {
    #expect(StudyReports.builtIn.studies.kinds.map { $0.kind } == StudyRegistry.builtIn.kinds.map { $0.kind })
    _ = try SweepFixture.trained(in: path, batches: [8, 32], seeds: [1])
    #expect(try StudyReports.builtIn.report(of: [path]) is SweepReport)
    let data = try RulesFixture.data()
    let plan = try RulesFixture.plan(data, batches: [8, 32], rules: ["linear"], warmUp: nil, seeds: [1], epochs: 1)
    let rules = "\(folder.path)/r"
    _ = try RulesFixture.trained(plan, data, in: rules)
    #expect(try StudyReports.builtIn.report(of: [rules]) is RulesReport)
    #expect(throws: StudyError.noStudy(folder: folder.path)) { try StudyReports.builtIn.report(of: [folder.path]) }
    #expect(
      throws: StudyError.notOfKind(
        folder: rules, holds: .study(title: "a study of rules"), asked: .study(title: "a sweep"))
    ) { try StudyReports.builtIn.report(of: [path, rules]) }
    #expect(throws: StudyError.unknownKind(path: "\(path)/study.json", kind: "sweep")) {
      try StudyReports([RulesReport.self]).report(of: [path])
    }
  }

  /// Shards in folders of their own give the report of the whole.
  @Test func shardsGiveTheReportOfTheWhole() throws {
    let whole = try SweepFixture.trained(in: path, batches: [8, 32], seeds: [1, 2])
    var parts: [String] = []
    for index in 1...3 {
      parts.append("\(folder.path)/p\(index)")
      _ = try SweepFixture.trained(
        in: parts[index - 1], batches: [8, 32], seeds: [1, 2], shard: StudyShard(index: index, count: 3))
    }
    let merged = try StudyReports.builtIn.report(of: parts)
    func outcomes(_ report: any StudyReport) -> [[TextTable.Value]] {
      // Without the columns of seconds.
      report.table.rows.map { row in row.prefix(8).map(\.value) }
    }
    #expect(outcomes(merged) == outcomes(SweepReport(whole)))
    let some = try StudyReports.builtIn.report(of: [parts[1]])
    #expect(some.findings.contains("3 runs are not finished; the figures are of those that are."))
  }
}
