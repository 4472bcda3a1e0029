import BatchFoundation
import BatchProfiling
import BatchScience
import BatchTestSupport
import BatchTraining
import Testing

@testable import BatchReport

/// Where a report's seconds come from, and what it says where there are none of a quiet machine.
@Suite struct StudySecondsReportTests {
  private let folder = TemporaryFolder()

  /// A sweep with made-up step times in place of those of the machine that runs the tests.
  private func report(
    disturbed: Set<Int> = [], seeds: [UInt64] = [1, 2, 3], hasTimes: Bool = true, on processor: String? = nil,
    secondsPerStep: (Int) -> Double = { 1e-3 * Double($0) + 8e-3 }
  ) throws -> SweepReport {
    let results = try SweepFixture.trained(in: "\(folder.path)/s", batches: [8, 40], seeds: seeds)
    let times = StepTimesFixture.times(
      of: results.description, [8, 40], disturbed: disturbed, on: processor, secondsPerStep: secondsPerStep)
    return SweepReport(
      StudyResults(
        description: results.description, trials: results.trials, arrays: results.arrays,
        stepTimes: hasTimes ? [times] : []))
  }

  private func row(_ table: TextTable, _ index: Int) -> [String: String] {
    Dictionary(uniqueKeysWithValues: zip(table.columns.map(\.key), table.rows[index].map(\.text)))
  }

  /// 280 examples are 35 steps of 8 and 7 of 40; a step of 8 takes 16 ms, one of 40 takes 48 ms.
  @Test func figuresAreUpdatesTimesStepTimes() throws {
    let report = try report()
    #expect(report.findings.contains { $0.hasPrefix("After the same 1.34 s of training batch ") })
    let faster = "Batch 40 trains on 1.7 times as many examples a second as batch 8, by the time of a step on the quiet"
    #expect(report.findings.contains { $0.hasPrefix(faster) }, "\(report.findings)")
    let small = row(report.table, 0)
    #expect(small["seconds_per_epoch"] == "560 ms" && small["examples_per_second"] == "500")
    #expect(small["elapsed_seconds_per_epoch"]?.isEmpty == false)
    let seconds = row(report.seconds.table, 1)
    #expect(seconds["seconds_per_update"]?.hasPrefix("48.0 ms [47.") == true, "\(seconds)")
    #expect(seconds["seconds_per_run"]?.hasPrefix("1.34 s [1.33, 1.3") == true, "\(seconds)")
    #expect(
      seconds["processor_share"]?.hasSuffix(" %") == true && seconds["switches_per_second"]?.hasSuffix("/s") == true)
    let csv = report.resultsTable.rendered(as: .csv).split(separator: "\n").map { $0.split(separator: ",") }
    #expect(csv[0][5...8] == ["seconds", "seconds_low", "seconds_high", "elapsed_seconds"])
    #expect(csv[1][5] == "0" && abs((Double(csv[2][5]) ?? 0) - 0.128) < 1e-9 && Double(csv[2][6]) ?? 1 < 0.128)
    let page = report.html.rendered()
    for text in ["Seconds of training are updates times the time of a step", "by seconds", "by the clock, run by run"] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains("by elapsed seconds") && page.contains(#""stepTimes":[{"#))
  }

  @Test func aClockThatWasDisturbedIsTold() throws {
    // Steps that take a thousandth of what the clock says.
    let disturbed = try report { _ in 1e-8 }
    #expect(disturbed.findings.contains { $0.hasPrefix("By the clock, training took ") }, "\(disturbed.findings)")
    let elsewhere = try report(on: "Another") { _ in 1e-8 }
    #expect(elsewhere.findings.contains("Seconds of training are of steps timed on Another."))
    #expect(!elsewhere.findings.contains { $0.hasPrefix("By the clock") })
  }

  @Test func whatNeverGotQuietIsElapsedAndRanksNothing() throws {
    for report in [try report(disturbed: [8, 40]), try report(hasTimes: false)] {
      #expect(!report.findings.contains { $0.contains("s of training batch") || $0.contains("times as many examples") })
      #expect(report.findings.contains { $0.hasSuffix("and nothing is ranked by them.") }, "\(report.findings)")
      #expect(row(report.table, 0)["seconds_per_epoch"] == NumberFormat.missing)
      #expect(row(report.table, 0)["examples_per_second"] == NumberFormat.missing)
      let page = report.html.rendered()
      #expect(
        page.contains("by elapsed seconds") && page.contains("by seconds: nothing is ranked. Elapsed seconds are the"))
      #expect(
        page.contains("Seconds are elapsed ones")
          && page.contains("The steps were not timed on a quiet machine: the dots"))
      #expect(!page.contains("nan"))
      let csv = report.resultsTable.rendered(as: .csv).split(separator: "\n")[2]
        .split(separator: ",", omittingEmptySubsequences: false)
      #expect(csv[5...7].allSatisfy(\.isEmpty) && !csv[8].isEmpty)
    }
    let one = try report(disturbed: [40])
    let sentence = "The machine did not get quiet while steps of batch 40 were timed: their seconds are elapsed"
    #expect(one.findings.contains { $0.hasPrefix(sentence) }, "\(one.findings)")
    #expect(row(one.table, 0)["seconds_per_epoch"] == "560 ms")
    #expect(row(one.table, 1)["seconds_per_epoch"] == NumberFormat.missing)
    let curves = try #require(one.html.sections.flatMap(\.charts).first { $0.panels.count == 3 })
    #expect(curves.answer.contains("by seconds: nothing is ranked") && curves.answer.contains("no seconds of batch 40"))
    // Both have a name, and one has no line over seconds.
    #expect(curves.panels.map(\.series.count) == [2, 2, 1] && curves.names == .above)
    #expect(curves.panels.flatMap(\.series).filter(\.isLabelled).map(\.name) == ["8", "40"])
  }

  /// A damaged file of step times is named, and a report is made all the same.
  @Test func aDamagedFileIsNamed() throws {
    _ = try SweepFixture.trained(in: "\(folder.path)/s", batches: [8, 40], seeds: [1])
    for name in folder.names(in: "s") where name.hasPrefix("step-times-") { folder.write("{", to: "s/\(name)") }
    let report = SweepReport(try StudyResults(folder: "\(folder.path)/s"))
    #expect(report.findings.contains { $0.hasPrefix("Step times are not taken: \(folder.path)/s/step-times-") })
    #expect(report.findings.contains { $0.hasPrefix("The steps of this study were not timed by themselves") })
  }

  // MARK: rankings

  @Test func oneSeedRanksNothing() throws {
    let sweep = try report(seeds: [1])
    let answers = sweep.html.sections.flatMap(\.charts).map(\.answer)
    #expect(answers[0].contains("of one seed: it has no spread to rank by."), "\(answers[0])")
    #expect(answers[1].contains("none by one seed"), "\(answers[1])")
    let linear = RuleVariant(rule: try LearningRateRuleCodec.read("linear"), warmsUp: false)
    let rules = try RulesReport(RulesFixture.results([.reference: [8: [0.9], 128: [0.8]], linear: [128: [0.88]]]))
    let answer = rules.html.sections.flatMap(\.charts)[0].answer
    #expect(
      answer.hasPrefix("At batch 128 linear has the highest test accuracy, 88.0 %, of one seed: it has no spread"))
  }

  @Test func whatTheSeedsCannotTellApartIsNotRanked() throws {
    let linear = RuleVariant(rule: try LearningRateRuleCodec.read("linear"), warmsUp: false)
    let sqrt = RuleVariant(rule: try LearningRateRuleCodec.read("sqrt"), warmsUp: false)
    func answers(_ linearOutcomes: [Double], _ sqrtOutcomes: [Double]) throws -> [String] {
      try RulesReport(
        RulesFixture.results([
          .reference: [8: [0.90, 0.91, 0.89], 128: [0.80, 0.81, 0.79]], linear: [128: linearOutcomes],
          sqrt: [128: sqrtOutcomes],
        ])
      ).html.sections.flatMap(\.charts).map(\.answer)
    }
    let close = try answers([0.88, 0.89, 0.87], [0.87, 0.88, 0.89])
    #expect(
      close[0].hasPrefix("At batch 128 the best is sqrt, 88.0 %") || close[0].contains("cannot tell"), "\(close[0])")
    #expect(close[0].contains("from which these 3 seeds cannot tell"), "\(close[0])")
    #expect(close[1].contains("may be as good."), "\(close[1])")
    let unsure = try answers([0.80, 0.85, 0.83], [0.79, 0.81, 0.80])
    #expect(
      unsure[1].hasPrefix("At batch 128 no rule surely recovers anything; the largest share is that of linear:"),
      "\(unsure[1])")
    let clear = try answers([0.88, 0.89, 0.87], [0.84, 0.85, 0.83])
    #expect(clear[0].hasPrefix("At batch 128 the best is linear, 88.0 % [85.5 %, 90.5 %]; the rate"), "\(clear[0])")
    #expect(clear[1] == "At batch 128 the most comes back by linear: 80.0 % [80.0, 80.0].", "\(clear[1])")
    let none = try answers([0.80, 0.79, 0.81], [0.79, 0.81, 0.80])
    #expect(none[0].contains("do not differ beyond the spread of 3 seeds; the best mean has"), "\(none[0])")
  }
}
