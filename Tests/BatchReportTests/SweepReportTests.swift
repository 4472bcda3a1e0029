import BatchReport
import BatchScience
import BatchTestSupport
import BatchTraining
import Foundation
import FoundationXML
import Testing

@Suite struct SweepReportTests {
  private func report(
    seeds: [UInt64] = [1, 2, 3], batches: [Int] = [8, 32, 128]
  ) throws -> (SweepReport, TemporaryFolder) {
    let folder = TemporaryFolder()
    return (SweepReport(try SweepFixture.trained(in: "\(folder.path)/s", batches: batches, seeds: seeds)), folder)
  }

  @Test func writesOneSelfContainedPage() throws {
    let (report, folder) = try report()
    try report.write(to: "\(folder.path)/s")
    let page = String(decoding: try #require(folder.read("s/report.html")), as: UTF8.self)
    // Nothing is fetched: the only addresses are the names of XML namespaces.
    #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains("http"))
    // Named first: a failed expectation on the page itself would print all of it.
    let findings = ["After the same 4 epochs batch ", "After the same 12 updates batch "].map { page.contains($0) }
    #expect(findings == [true, true])
    let pictures = page.matches(of: #/(?s)<svg.*?</svg>/#)
    #expect(pictures.count >= 9)
    for picture in pictures { #expect(XMLParser(data: Data(String(picture.output).utf8)).parse()) }
  }

  @Test func thePageHoldsItsData() throws {
    let (report, _) = try report()
    let page = report.html.rendered()
    let json = try #require(page.firstMatch(of: #/(?s)<script type="application/json" id="data">(.*?)</script>/#)).1
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect((value?["trials"] as? [Any])?.count == 9)
  }

  @Test func theTableHasARowForEachBatchSize() throws {
    let (report, folder) = try report()
    let lines = report.table.rendered(as: .csv).split(separator: "\n")
    #expect(lines.count == 4 && lines[1].hasPrefix("8,3,140,"))
    try report.write(to: "\(folder.path)/s")
    let csv = String(decoding: try #require(folder.read("s/results.csv")), as: UTF8.self).split(separator: "\n")
    #expect(csv[0].hasPrefix("batch_size,seed,update,epoch"))
    #expect(csv.count > 9 * 5)
  }

  /// One seed has no spread and one batch size nothing to compare with; the page says what there is.
  @Test func littleDataGiveAReportToo() throws {
    let (report, _) = try report(seeds: [1], batches: [16])
    let page = report.html.rendered()
    #expect(page.contains("After the same 4 epochs batch 16 has the highest validation accuracy"))
    #expect(page.contains("of one seed: it has no spread to rank by."))
    #expect(!page.contains("nan"))
  }

  /// A study that was finished elsewhere names both processors, and does not let their times be compared.
  @Test func trialsOfAnotherMachineAreTold() throws {
    let (_, folder) = try report(seeds: [1], batches: [8, 32])
    let own = SweepReport(try StudyResults(folder: "\(folder.path)/s"))
    #expect(!own.findings.contains { $0.contains("different processors") })
    let name = "s/trials/b32-s1.jsonl"
    let lines = String(decoding: try #require(folder.read(name)), as: UTF8.self)
    folder.write(lines.replacing(#/"processor":"[^"]*"/#, with: "\"processor\":\"Other & Co\""), to: name)
    let merged = SweepReport(try StudyResults(folder: "\(folder.path)/s"))
    let sentence = merged.findings.first { $0.hasPrefix("The trials ran on different processors") }
    #expect(sentence?.contains("(1 trial); Other ") == true || sentence?.contains("(1 trial).") == true)
    let fact = merged.html.circumstances.first { $0.name == "Processor" }?.value
    #expect(fact?.contains("Other") == true && fact?.contains("1 thread used") == true)
  }

  @Test func aStudyJustBegunSaysSo() throws {
    let (_, folder) = try report()
    for name in folder.names(in: "s/trials") {
      try FileManager.default.removeItem(atPath: "\(folder.path)/s/trials/\(name)")
    }
    let page = SweepReport(try StudyResults(folder: "\(folder.path)/s")).html.rendered()
    #expect(page.contains("9 runs are not finished"))
  }

  /// Runs that end early, each after updates of its own, are paired by their updates.
  @Test func runsThatStopEarlyAreReported() throws {
    let folder = TemporaryFolder()
    let results = try SweepFixture.trained(
      in: "\(folder.path)/s", batches: [8, 16], seeds: [1, 2, 3, 4], epochs: 30, distance: 1,
      stopping: try EarlyStopping(patience: .epochs(1)))
    #expect(Set(results.trials.map(\.records.count)).count > 1)
    let report = SweepReport(results)
    #expect(report.html.rendered().contains("After the same "))
    let summary = try #require(results.analysis().summaries.first)
    let shortest = try #require(summary.trials.map(\.last.update).min())
    #expect(summary.curve(over: .updates).map(\.used).max() == Double(shortest))
  }
}
