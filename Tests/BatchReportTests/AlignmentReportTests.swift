import BatchAlgebra
import BatchReport
import Foundation
import FoundationXML
import Testing

@testable import BatchProfiling

@Suite struct AlignmentReportTests {
  private static let layer = LayerShape(inputs: 16, outputs: 16)

  /// A machine that computes whole eights: of more than 64 examples only what is asked for.
  private func profile() -> GEMMProfile {
    GEMMProfileFixture.profile(
      layers: [Self.layer], batches: [16, 128], engines: [ProfiledEngine(.auto)], alignment: 8
    ) { key in
      let batch = key.batch <= 64 ? (key.batch + 7) / 8 * 8 : key.batch
      let eights = (key.layer.inputs + 7) / 8 * ((key.layer.outputs + 7) / 8)
      return Double(batch * eights) * 1e-7
    }
  }

  private func texts(_ table: TextTable, _ row: Int) -> [String] {
    zip(table.columns, table.rows[row]).filter { !$0.0.isForMachines }.map(\.1.text)
  }

  @Test func summariesComeFirstAndPairsAfter() throws {
    let report = ProfileReport(.gemm(profile()))
    // The line from 8 to 16 is that of the examples themselves: the mean logarithm of 16/9, 16/10, … 16/15.
    let logarithms = (9...15).map { log(16 / Double($0)) }
    let gain = exp(logarithms.reduce(0, +) / 7) - 1
    let text = String(format: "%.1f", gain * 100)
    let row = texts(report.tables[0], 0)
    #expect(row[...4] == ["batch", "auto", "forward", "1", "9–15"])
    // Sizes differ among themselves, which the interval counts.
    #expect(row[5].hasPrefix("+\(text) % [") || row[5].hasPrefix("+\(String(format: "%.0f", gain * 100)) % ["))
    #expect(row[6...7] == ["FASTER", "7"])
    #expect(row[8].hasPrefix("16x16 forward, batch 9 → 16: +77.8 %"))
    #expect(
      texts(report.tables[1], 0) == [
        "batch", "auto", "forward", "1", "9–15", "1", "+77.8 % [77.8, 77.8]", "FASTER", "1",
      ])
    let pair = try #require(report.tables[2].rows.indices.first { texts(report.tables[2], $0)[3] == "127" })
    #expect(
      texts(report.tables[2], pair) == [
        "batch", "16x16", "forward", "127", "1", "auto", "127", "128", "line", "0.0 % [0.0, 0.0]", "SAME",
        "+0.8 % [0.8, 0.8]",
      ])
  }

  @Test func findingsSayWhereAMultipleGains() {
    let findings = ProfileReport(.gemm(profile())).findings
    #expect(findings[0].hasPrefix("auto up to batch 64: multiples of 8 for the batch gain "))
    #expect(findings[0].hasSuffix("] forward."))
    #expect(
      findings[1]
        == "auto above batch 64: multiples of 8 for the batch gain nothing forward (0.0 % [0.0, 0.0]).")
    #expect(findings[2].hasPrefix("auto up to batch 64: multiples of 8 for the inputs gain "))
    #expect(
      findings.last { $0.contains("filling up") }
        == "auto, filling up the batch of 16x16 forward: 9 → 16 is free (0.0 % [0.0, 0.0]), "
        + "15 → 16 is free (0.0 % [0.0, 0.0]), 121 → 128 costs 5.8 % [5.8, 5.8], 127 → 128 is free (+0.8 % [0.8, 0.8])."
    )
  }

  @Test func drawsAPanelAnEngine() throws {
    let page = ProfileReport(.gemm(profile())).html.rendered()
    let picture = try #require(page.firstMatch(of: #/(?s)<svg.*?</svg>/#)).output
    #expect(XMLParser(data: Data(String(picture).utf8)).parse())
    #expect(page.components(separatedBy: "<svg").count == 4)
    let asks = page.contains(
      "What do multiples of 8 for the batch gain over sizes that leave a remainder, at batch 9–15")
    #expect(asks)
    #expect(picture.contains("data-series=\"forward\"") && picture.contains("batch modulo 8: 7"))
  }

  @Test func aStudyWithoutPairsSaysSo() {
    var profile = profile()
    profile.points = []
    let report = ProfileReport(.gemm(profile))
    #expect(report.findings == ["No size was timed together with its multiple."])
    #expect(!report.html.rendered().contains("<svg"))
  }
}
