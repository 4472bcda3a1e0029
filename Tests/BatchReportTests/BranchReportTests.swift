import BatchScience
import BatchTestSupport
import Testing

@testable import BatchReport

/// What the report of a study of branches says, from losses whose critical batch is known.
@Suite struct BranchReportTests {
  @Test func momentsAreToldWithTheirIntervals() throws {
    let report = BranchReport(
      try BranchFixture.results([8, 60].map { BranchFixture.loss(critical: $0, noise: 0.003) }))
    let findings = report.findings
    #expect(
      findings[0].hasPrefix("At epoch 330 the largest batch that loses nothing is 4.00 [4.00, "), "\(findings[0])")
    #expect(findings[0].contains("; by the progress of branches the critical batch is "))
    #expect(findings[1].hasPrefix("At epoch 670 "))
    #expect(
      findings[2].contains("asks for a critical batch of about 2") && findings[2].contains("give or take a factor"))
    #expect(report.table.rows.count == 2 && report.resultsTable.rows.count == 2 * 6 * 3)
    let page = report.html.rendered()
    for question in [
      "What batch can each moment of this training take?", "From which batch on do the same examples teach less?",
      "How much of the progress is left when the same examples come in larger batches?",
    ] {
      #expect(page.contains(question))
    }
  }

  @Test func whatLiesBeyondIsSaidSo() throws {
    let report = BranchReport(try BranchFixture.results([BranchFixture.loss(critical: 1e9)], seeds: [1]))
    #expect(
      report.findings[0].contains("no batch tried loses anything, so that the local critical batch is 128 or more"))
    #expect(report.findings[0].contains("is above 1\u{202F}300, beyond what these sizes can tell"))
    #expect(report.findings.contains("One seed has no spread: nothing here has an interval over seeds."))
    #expect(!report.findings.contains { $0.contains("Over the moments") })
  }

  /// Two seeds that disagree: Student's t of one degree of freedom would reach from nothing to beyond all sizes.
  @Test func whatTheSeedsDoNotTellIsNoNumber() throws {
    let low = BranchFixture.loss(critical: 1), high = BranchFixture.loss(critical: 3000)
    let report = BranchReport(
      try BranchFixture.results([{ $1 == 1 ? low($0, $1, $2) : high($0, $1, $2) }], seeds: [1, 2]))
    #expect(report.findings[0].contains("the critical batch cannot be told"), "\(report.findings[0])")
    #expect(report.findings.contains { $0.contains("does not tell the critical batch") }, "\(report.findings)")
    let few = BranchReport(
      try BranchFixture.results([BranchFixture.loss(critical: 20, noise: 0.003)], seeds: [1, 2]))
    guard case .known(_, let interval?)? = few.analysis.moments.first?.progressCriticalBatch else {
      Issue.record("\(few.findings)")
      return
    }
    #expect(interval.lowerBound >= 0.4 * 0.999 && interval.upperBound <= 1280 * 1.001, "\(interval)")
  }

  @Test func aBluntToleranceIsNamed() throws {
    let report = BranchReport(
      try BranchFixture.results([{ multiple, _, share in 1 - 0.015 * share / Double(multiple) }]))
    #expect(report.findings.contains { $0.contains("the tolerance is half or more of what the pilot's batch gains") })
  }

  /// Branches that diverged, flat losses, and the largest numbers there are.
  @Test func noNumberIsNoReasonToFail() throws {
    let diverged = BranchReport(
      try BranchFixture.results([{ multiple, _, share in multiple > 2 ? nil : 1 - share / 2 }]))
    #expect(diverged.findings.contains { $0.contains("branches at batch 16, 32, 64 and 128 diverged") })
    _ = diverged.html.rendered()
    for value in [0, 1, 1e308, -1e308, 1e-308] {
      let report = BranchReport(try BranchFixture.results([{ _, _, share in value * (1 - share / 2) }]))
      _ = (report.html.rendered(), report.table.rendered(as: .csv), report.findings)
    }
    let none = BranchReport(try BranchFixture.results([{ _, _, _ in nil }]))
    #expect(none.findings.contains { $0.contains("diverged") })
    _ = none.html.rendered()
    #expect(
      BranchReport.sentence(BranchOutcome(parameters: 1, pilotDivergedAtUpdate: 12))
        == "0 branches; the pilot diverged at update 12")
  }

  @Test func aTrainedStudyIsReportedAndReadBack() throws {
    let folder = TemporaryFolder()
    let data = try BranchFixture.data()
    let results = try BranchFixture.trained(BranchFixture.plan(data), data, in: "\(folder.path)/b")
    #expect(results.stepTimes.isEmpty)
    let report = try StudyReports.builtIn.report(of: ["\(folder.path)/b"])
    #expect(report is BranchReport && report.table.rows.count == 2 && report.resultsTable.rows.count == 16)
    #expect(report.html.rendered().contains("mlp:6:tanh on dots"))
  }
}
