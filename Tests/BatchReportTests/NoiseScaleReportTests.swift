import BatchReport
import BatchScience
import BatchTestSupport
import Testing

/// What the report of the noise scale says, from runs whose noise scales are known.
@Suite struct NoiseScaleReportTests {
  private let rising = [
    (
      value: 50.0 as Double?, low: 40.0, high: 62.0, fixed: (60, 45...80) as (Double, ClosedRange<Double>)?,
      exact: 70.0 as Double?
    ),
    (value: nil, low: 10, high: 900, fixed: nil, exact: nil),
    (value: 400, low: 300, high: 520, fixed: (500, 400...600), exact: 300),
  ]

  @Test func aCourseIsToldWithItsIntervals() throws {
    let report = NoiseScaleReport(try NoiseScaleFixture.results(rising))
    #expect(
      report.findings == [
        "At rate 0.05, batch 64, seed 1 the noise scale rises from 50.0 [40.0, 62.0] at epoch 0.53 to 400 [300, 520] "
          + "at epoch 2.5.",
        "Of batches at fixed weights, the interval holds the exact noise scale at 1 of 2 moments.",
      ])
    let page = report.html.rendered()
    #expect(page.contains("How large is the noise scale in the course of training?") && page.contains("exact there"))
    #expect(page.contains("There is one learning rate alone."))
    let rows = report.resultsTable.rows
    #expect(rows.map { $0[11].value } == [.flag(true), .flag(false), .flag(true), .flag(true), .flag(true)])
    #expect(rows.map { $0[4].text } == ["window", "window", "window", "moment", "moment"])
  }

  @Test func whatOverlapsHasNotClearlyChanged() throws {
    var windows = rising
    windows[2] = (value: 70, low: 55, high: 90, fixed: nil, exact: nil)
    let report = NoiseScaleReport(try NoiseScaleFixture.results(windows))
    #expect(
      report.findings[0].contains("does not clearly change: 50.0 [40.0, 62.0] at epoch 0.53 and 70.0 [55.0, 90.0]"))
  }

  /// Windows without a number, losses of zero and infinite ones, and the largest numbers there are.
  @Test func noNumberIsNoReasonToFail() throws {
    let none = rising.map { (value: nil as Double?, low: $0.low, high: $0.high, fixed: $0.fixed, exact: $0.exact) }
    let report = NoiseScaleReport(try NoiseScaleFixture.results(none))
    #expect(
      report.findings.contains { $0.contains("There is not enough evidence for a noise scale in any window of rate") })
    _ = report.html.rendered()
    for loss in [0, Double.infinity, .nan, 1e300] {
      _ = NoiseScaleReport(try NoiseScaleFixture.results(rising) { _ in loss }).html.rendered()
    }
    let huge = [(1e300, 1e-300, 1.7e308), (0, 0, 1e-5)].map {
      (
        value: $0.0 as Double?, low: $0.1, high: $0.2, fixed: nil as (Double, ClosedRange<Double>)?,
        exact: 1e300 as Double?
      )
    }
    _ = NoiseScaleReport(try NoiseScaleFixture.results(huge)).html.rendered()
  }

  @Test func aTrainedStudyIsReportedAndReadBack() throws {
    let folder = TemporaryFolder()
    let results = try NoiseScaleFixture.trained(in: "\(folder.path)/s", rates: [0.02, 0.1], epochs: 2, exact: 2)
    #expect(results.trials.count == 2 && results.stepTimes.isEmpty)
    let report = NoiseScaleReport(results)
    #expect(report.table.rows.count == 2 && report.html.rendered().contains("The noise scale of mlp:6:tanh on dots"))
    let exact = results.trials.flatMap(\.records).flatMap { $0.measurements ?? [] }.filter {
      $0.name == "exact_noise_scale" && $0.layer == nil
    }
    #expect(exact.count == 4 && exact.allSatisfy { ($0.value ?? 0) > 0 })
  }
}
