import BatchAlgebra
import BatchScience
import BatchTestSupport
import Foundation
import FoundationXML
import Testing

@testable import BatchProfiling
@testable import BatchReport

@Suite struct GEMMReportTests {
  private let report = ProfileReport(.gemm(GEMMProfileFixture.small()))

  private func texts(_ table: TextTable, _ row: Int) -> [String] {
    zip(table.columns, table.rows[row]).filter { !$0.0.isForMachines }.map(\.1.text)
  }

  @Test func aRowSaysHowFastAPointIs() {
    #expect(
      texts(report.tables[0], 0) == [
        "1000x500", "forward", "2", "1", "auto", "25.0 ± 0.2 µs", "80.0", "80.0 %", "80\u{202F}000", "FLOPs",
        "80.0 %", "–", "–", "12",
      ])
    // OpenBLAS at batch 3: 120 µs where the auto takes 37.5.
    #expect(
      texts(report.tables[0], 3) == [
        "1000x500", "forward", "3", "1", "openblas", "120 ± 1 µs", "25.0", "25.0 %", "25\u{202F}000", "FLOPs", "25.0 %",
        "0.31", "SLOWER", "12",
      ])
  }

  /// A few times far apart have an interval that reaches below zero: the rate has none, and the report is written.
  @Test func timesThatReachBelowZeroGiveNoIntervalOfTheRate() {
    var profile = GEMMProfileFixture.small()
    for index in profile.points.indices { profile.points[index].time?.interval = -1e-6...1e-4 }
    #expect(profile.points.allSatisfy { $0.rateInterval == nil && $0.rate != nil })
    #expect(!ProfileReport(.gemm(profile)).html.rendered().isEmpty)
  }

  @Test func aSecondTableSaysWhereTheTimeGoes() {
    #expect(
      texts(report.tables[1], 3) == [
        "1000x500", "forward", "3", "1", "openblas", "25.0 %", "0.8 %", "0.0 %", "25.0 %", "0.0 %", "49.2 %", "1.5e-07",
        "0", "0", "packed path",
      ])
  }

  /// Rows fit a terminal; machines get everything.
  @Test func rowsStayReadableAndFilesHoldAllColumns() {
    for line in report.tables[0].rendered(as: .table).split(separator: "\n") { #expect(line.count <= 155) }
    let header = report.tables[0].rendered(as: .csv).split(separator: "\n")[0]
    #expect(
      header == """
        layer,pass,batch,threads,engine,seconds,seconds_low,seconds_high,gflops,peak_share,peak_share_low,\
        peak_share_high,examples_per_second,bound,ceiling_share,intensity,ceiling_seconds,call_share,tiles_share,\
        packing_share,threads_share,rest_share,speedup,speedup_low,speedup_high,verdict,samples,error,discarded,\
        disturbed_cycles,method
        """)
    #expect(report.tables[0].rendered(as: .json).contains("\"packing_share\": 0.25"))
    #expect(!report.tables[0].rendered(as: .markdown).contains("packing"))
  }

  @Test func aCliffStandsInATableAndASentence() {
    #expect(
      texts(report.tables[2], 0) == [
        "1000x500", "forward", "1", "openblas", "2", "3", "50.0 % [50.0, 50.0]", "small path → packed path",
      ])
    #expect(
      report.findings.contains(
        "openblas, 1000x500 forward: from batch 2 to 3 the throughput falls to 50.0 % [50.0, 50.0]: small path → "
          + "packed path."))
  }

  @Test func theCauseOfACliffHasItsInterval() throws {
    var profile = GEMMProfileFixture.small()
    profile.cliffs[0].change = SpeedComparison(ratio: 0.4, interval: 0.38...0.43, margin: 0.07)
    let findings = ProfileReport(.gemm(profile)).findings
    #expect(findings.contains { $0.contains("falls to 40 % [38, 43]: small path → packed path.") })
  }

  @Test func findingsSayWhatWasReached() {
    let findings = report.findings
    #expect(findings[0] == "auto reaches 80.0 % [79.5, 80.5] of the FMA peak at most: 1000x500 forward, batch 2.")
    #expect(
      findings[1] == "openblas reaches 50.0 % [49.5, 50.5] of the FMA peak at most: 1000x500 forward, batch 2.")
    #expect(
      findings[2]
        == "openblas against auto, of 3 products: SLOWER at 3; from 0.312 [0.312, 0.312] times as fast "
        + "(1000x500 forward, batch 3) to 0.625 [0.625, 0.625] times as fast (1000x500 forward, batch 2).")
    #expect(
      findings[3]
        == "1000x500 forward: 90 % of an engine's own best rate from batch 2 (auto, at best 80.0 GFLOP/s), 2 "
        + "(openblas, at best 50.0 GFLOP/s).")
    #expect(findings.count == 6)
  }

  @Test func whatWentWrongIsSaid() {
    var profile = GEMMProfileFixture.small()
    profile.rejections = [GEMMProfile.Rejection(engine: "libx.so", reason: "it computes <wrongly>")]
    profile.points[5].samples = MachineFixture.samples(Array(repeating: 128e-6, count: 12), disturbed: 9)
    profile.points[4].samples = TimedSamples()
    profile.points[4].time = nil
    profile.points[0].samples.isKept[3] = false
    profile.wasStopped = true
    let report = ProfileReport(.gemm(profile))
    #expect(
      report.findings.suffix(5) == [
        "libx.so was left out: it computes <wrongly>.",
        "1 of 60 samples were disturbed and thrown away; they were taken again.",
        "Times are wall-clock times; meanwhile the thread that took the samples ran for 90.0 % of the time.",
        "1 of 6 points never got quiet: their times are those of the least delayed samples, and nothing above is "
          + "concluded from them: 1000x500 forward, batch 4, openblas, 1 thread. Time them again when less else runs.",
        "The run was stopped early, after 12 cycles; 1 of 6 points have no sample.",
      ])
    #expect(report.html.rendered().contains("it computes &lt;wrongly&gt;"))
    #expect(texts(report.tables[0], 4)[5...8] == ["–", "–", "80.0 %", "–"])
  }

  /// A run stopped before its first sample, and one without ceilings, give a report too.
  @Test func littleDataDoNotTrap() {
    var profile = GEMMProfileFixture.small()
    for index in profile.points.indices {
      profile.points[index].samples = TimedSamples()
      (profile.points[index].time, profile.points[index].ratioToPeak) = (nil, nil)
      profile.points[index].explanation = nil
    }
    profile.cliffs = []
    profile.wasStopped = true
    #expect(!ProfileReport(.gemm(profile)).html.rendered().contains("nan"))
    profile.points = []
    let report = ProfileReport(.gemm(profile))
    #expect(report.tables.count == 1 && report.tables[0].rows.isEmpty)
    #expect(report.html.rendered().contains("The run was stopped early, after 12 cycles."))
  }

  @Test func threadsAreNamedWhereThereAreSeveral() {
    let profile = GEMMProfileFixture.profile(batches: [2, 3], threads: [1, 2]) {
      Double($0.batch) * 12.5e-6 / Double($0.threads)
    }
    let report = ProfileReport(.gemm(profile))
    #expect(report.findings[1].hasSuffix("1000x500 forward, batch 2, 2 threads."))
    #expect(report.findings.contains { $0.hasPrefix("No cliff") })
  }

  @Test func writesTheProfileTheTableAndThePage() throws {
    let folder = TemporaryFolder()
    let profile = Profile.gemm(GEMMProfileFixture.small())
    try ProfileReport(profile).write(to: "\(folder.path)/a/b")
    #expect(folder.names(in: "a/b") == ["profile.json", "report.html", "results.csv"])
    #expect(try Profile(path: "\(folder.path)/a/b/profile.json") == profile)
    let csv = String(decoding: try #require(folder.read("a/b/results.csv")), as: UTF8.self).split(separator: "\n")
    #expect(csv.count == 7 && csv[1].hasPrefix("1000x500,forward,2,1,auto,2.5e-05,"))
    let page = String(decoding: try #require(folder.read("a/b/report.html")), as: UTF8.self)
    #expect(page.contains("made-up &lt;processor&gt;") && !page.contains("<processor>"))
    let pictures = page.matches(of: #/(?s)<svg.*?</svg>/#)
    // Rates, roofline, where the time goes for both engines.
    #expect(pictures.count == 4)
    for picture in pictures { #expect(XMLParser(data: Data(String(picture.output).utf8)).parse()) }
  }
}
