import Foundation
import FoundationXML
import Testing

@testable import BatchProfiling
@testable import BatchReport
@testable import BatchScience

@Suite struct StepReportTests {
  private static let batches = [1, 2, 4, 8, 16, 32, 64, 128]

  /// 10 µs a step and 1 µs an example.
  private let report = ProfileReport(
    .step(StepProfileFixture.profile(batches: batches) { 1e-6 * (10 + Double($0)) }))

  private func texts(_ table: TextTable, _ row: Int) -> [String] {
    zip(table.columns, table.rows[row]).filter { !$0.0.isForMachines }.map(\.1.text)
  }

  @Test func aRowSaysWhatABatchSizeIsLike() {
    #expect(
      texts(report.tables[0], 5) == [
        "32", "42.0 ± 0.8 µs", "762\u{202F}000", "42.0 %", "80 %", "–", "5 %", "50 %", "5 %", "10 %", "20 %", "10 %",
        "0 %", "90 %", "3.34 MiB", "",
      ])
    for line in report.tables[0].rendered(as: .table).split(separator: "\n") { #expect(line.count <= 155) }
    let header = report.tables[0].rendered(as: .csv).split(separator: "\n")[0]
    #expect(
      header == """
        batch,seconds,seconds_low,seconds_high,examples_per_second,peak_share,gemm_share,openblas_share,data_share,\
        forward_share,loss_share,backward_data_share,backward_weights_share,update_share,other_share,cpu_utilisation,memory_bytes,\
        advice,next_better,relative_to_earlier_best,relative_to_earlier_best_low,relative_to_earlier_best_high,\
        parameter_bytes,gradient_bytes,optimizer_state_bytes,batch_bytes,activation_bytes,scratch_bytes,samples,\
        discarded,disturbed_cycles
        """)
  }

  @Test func timesThatReachBelowZeroGiveNoIntervalOfTheThroughput() {
    var profile = StepProfileFixture.profile(batches: Self.batches) { 1e-6 * (10 + Double($0)) }
    for index in profile.points.indices { profile.points[index].time?.interval = -1e-6...1e-3 }
    #expect(StepRow(point: profile.points[0], advice: nil).throughputInterval == nil)
    #expect(!ProfileReport(.step(profile)).html.rendered().isEmpty)
  }

  @Test func theLineStandsInATableAndASentence() {
    #expect(texts(report.tables[1], 0) == ["1", "128", "10.0 µs [10.0, 10.0]", "1.00 µs [1.00, 1.00]"])
    #expect(texts(report.tables[2], 0)[...3] == ["2", "12.0 µs [12.0, 12.0]", "12.0 µs [12.0, 12.0]", "0.0 %"])
    // Which of the exact predictions is the worst, rounding decides.
    #expect(
      report.findings.map { $0.replacing(#/ \(batch \d+\);/#, with: ";") } == [
        "Between batch 1 and 128 a step takes T(B) = α + βB with α = 10.0 µs [10.0, 10.0] and β = 1.00 µs "
          + "[1.00, 1.00].",
        "Ever larger batches approach 1\u{202F}000\u{202F}000 [1\u{202F}000\u{202F}000, 1\u{202F}000\u{202F}000] "
          + "examples/s; batch 10.0 [10.0, 10.0] has half of it.",
        "Batch 128 [128, 128] is the smallest measured with 90 % of that.",
        "The line holds within 5 % in the median and 15 % at worst: held-back batch sizes are foretold with errors of "
          + "0.0 % in the median and 0.0 % at worst; the intervals of prediction and measurement overlap for 3 of 3.",
        "The largest batch whose training fits 1.00 GiB is 1\u{202F}000.",
        "Times are wall-clock times; meanwhile the thread that took the samples ran for 90.0 % of the time.",
      ])
  }

  /// A size that is slower than its smaller neighbour is to be avoided, and one that is no slower is free.
  @Test func saysWhatToAvoid() {
    let profile = StepProfileFixture.profile(batches: [1, 2, 32, 64, 65, 128], largestBatch: nil) { batch in
      batch == 65 ? 120e-6 : batch == 1 ? 12e-6 : 1e-6 * (10 + Double(batch))
    }
    let report = ProfileReport(.step(profile))
    #expect(
      report.findings.contains(
        "Avoid batch 65: it has 62.6 % [62.6, 62.6] of the throughput of batch 64; take 64 instead."))
    #expect(report.findings.contains("Free within 2 % of the time: 1 → 2."))
    #expect(report.findings.contains("Training does not fit 1.00 GiB, not even with one example a step."))
    #expect(texts(report.tables[0], 4).last == "avoid; take 64")
    #expect(texts(report.tables[0], 0).last == "2 takes no longer")
  }

  @Test func tooFewCyclesLeaveAllButTheLine() {
    let report = ProfileReport(
      .step(StepProfileFixture.profile(batches: [8, 16, 32], cycles: 3) { Double($0) * 1e-6 }))
    #expect(
      report.findings[0] == "No line was fitted to the times: 3 cycles are too few for an interval; measure at least 5."
    )
    #expect(report.tables.count == 1 && report.tables[0].rows.count == 3)
    let page = report.html.rendered()
    #expect(page.contains("Too little was measured for a line.") && !page.contains("nan"))
  }

  @Test func aRunWithoutSamplesGivesAReport() {
    var profile = StepProfileFixture.profile(batches: [8, 16], cycles: 0) { _ in 1 }
    profile.wasStopped = true
    let report = ProfileReport(.step(profile))
    #expect(report.findings.last == "The run was stopped early, after 0 cycles; 2 of 2 points have no sample.")
    #expect(!report.html.rendered().contains("nan"))
    profile.points = []
    #expect(!ProfileReport(.step(profile)).html.rendered().contains("<svg"))
  }

  @Test func drawsFourPictures() {
    let pictures = report.html.rendered().matches(of: #/(?s)<svg.*?</svg>/#)
    #expect(pictures.count == 4)
    for picture in pictures { #expect(XMLParser(data: Data(String(picture.output).utf8)).parse()) }
  }
}
