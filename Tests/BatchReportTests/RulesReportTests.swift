import BatchScience
import BatchTestSupport
import BatchTraining
import Foundation
import FoundationXML
import Testing

@testable import BatchReport

@Suite struct RulesReportTests {
  private let folder = TemporaryFolder()
  private var path: String { "\(folder.path)/r" }

  private func report(
    rules: [String] = ["linear", "sqrt"], warmUp: TrainingLength? = .epochs(1), seeds: [UInt64] = [1, 2, 3],
    rate: Double = 0.02
  ) throws -> RulesReport {
    let data = try RulesFixture.data()
    let plan = try RulesFixture.plan(data, rules: rules, warmUp: warmUp, seeds: seeds, rate: rate)
    return try RulesReport(RulesFixture.trained(plan, data, in: path))
  }

  @Test func thePageHasChartsTablesAndData() throws {
    let report = try report()
    try report.write(to: path)
    let page = String(decoding: try #require(folder.read("r/report.html")), as: UTF8.self)
    let contents = [
      "What final test accuracy does each rule reach at each batch size?", "What the rules recover",
      "What does the rule linear do to the test accuracy of larger batches?",
      "How long does a training run of 3 epochs",
      "when the rate stays as it is", "Fieller", "without a warm-up", "42 of 42 training runs",
    ].filter { !page.contains($0) }
    #expect(contents.isEmpty)
    #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains("http"))
    let pictures = page.matches(of: #/(?s)<svg.*?</svg>/#)
    #expect(pictures.count >= 5)
    for picture in pictures { #expect(XMLParser(data: Data(String(picture.output).utf8)).parse()) }
    let json = try #require(page.firstMatch(of: #/(?s)<script type="application/json" id="data">(.*?)</script>/#)).1
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect((value?["trials"] as? [Any])?.count == 42)
  }

  @Test func tablesHaveARowForEachBatchSizeAndTheFileOneForEachTrial() throws {
    let report = try report()
    let lines = report.table.rendered(as: .csv).split(separator: "\n")
    #expect(lines.count == 4 && lines[0].contains("test_accuracy_linear_warm_up,test_accuracy_linear_warm_up_low"))
    // At 16 times the batch 16 and 4 times the rate.
    #expect(lines[3].hasPrefix("128,") && lines[3].hasSuffix(",0.02,0.32,0.08"))
    #expect(report.table.rendered(as: .table).contains("±"))
    try report.write(to: path)
    let csv = String(decoding: try #require(folder.read("r/results.csv")), as: UTF8.self).split(separator: "\n")
    #expect(csv.count == 1 + 42)
    #expect(csv[0].hasPrefix("variant,rule,warm_up,batch_size,seed,learning_rate,diverged_at_update,updates,seconds"))
    #expect(csv.contains { $0.hasPrefix("sqrt-warm-up,sqrt,1,32,2,0.04,,") })
  }

  /// Each seed loses 10 points at batch 128 and gets 8 of them back by the linear rule.
  @Test func findingsSayWhatIsLostAndWhatComesBack() throws {
    let linear = RuleVariant(rule: try LearningRateRuleCodec.read("linear"), warmsUp: false)
    let sqrt = RuleVariant(rule: try LearningRateRuleCodec.read("sqrt"), warmsUp: false)
    let report = try RulesReport(
      RulesFixture.results([
        .reference: [8: [0.90, 0.91, 0.89], 32: [0.90, 0.91, 0.89], 128: [0.80, 0.81, 0.79]],
        linear: [32: [0.90, 0.91, 0.89], 128: [0.88, 0.89, 0.87]],
        sqrt: [32: [0.90, 0.91, nil], 128: [nil, nil, nil]],
      ]))
    #expect(
      report.findings == [
        "Batch 8 reaches a test accuracy of 90.0 % [87.5 %, 92.5 %] after 3 epochs; the rate as it is loses 10.0 points "
          + "[10.0, 10.0] at batch 128.",
        "Linear recovers 80.0 % [80.0, 80.0] at batch 128 of what the rate as it is loses.",
        "At batch 32, 1 of 3 runs with sqrt diverged: their loss ceased to be a number.",
        "At batch 128, 3 of 3 runs with sqrt diverged: their loss ceased to be a number.",
        "The steps of this study were not timed by themselves: its seconds are elapsed ones, with whatever else ran on the "
          + "machine, and nothing is ranked by them.",
      ])
    let table = report.table.rendered(as: .markdown)
    #expect(table.contains("88.0 ± 2.5 %") && table.contains("(1 of 3 diverged)") && table.contains("3 of 3 diverged"))
    let charts = report.html.sections.flatMap(\.charts)
    #expect(
      charts.map(\.answer) == [
        "At batch 128 the best is linear, 88.0 % [85.5 %, 90.5 %]; the rate as it is gives 80.0 % [77.5 %, 82.5 %], batch "
          + "8 90.0 % [87.5 %, 92.5 %]. At batch 32, 1 of 3 runs with sqrt diverged: their loss ceased to be a number. At "
          + "batch 128, 3 of 3 runs with sqrt diverged: their loss ceased to be a number.",
        "At batch 128 the most comes back by linear: 80.0 % [80.0, 80.0].",
        "At batch 128, 10.0 points [10.0, 10.0] are lost against batch 8.",
        "Linear recovers 80.0 % [80.0, 80.0] of the loss at batch 128.",
        "With sqrt, 3 runs diverged at batch 128.",
        "The steps were not timed on a quiet machine: the dots are of the clock, with whatever else ran.",
      ])
  }

  /// Where targets are values the loss takes the place of accuracy, and less is better.
  @Test func lossesAreReportedInTheSameWay() throws {
    let linear = RuleVariant(rule: try LearningRateRuleCodec.read("linear"), warmsUp: false)
    let report = try RulesReport(
      RulesFixture.results(
        [.reference: [8: [0.10, 0.11], 128: [0.20, 0.21]], linear: [128: [0.12, 0.13]]], measure: .loss))
    #expect(report.findings[0].contains("reaches a test loss of 0.105"))
    #expect(report.findings[0].contains("loses 0.10 [0.10, 0.10] at batch 128"))
    #expect(report.findings[1] == "Linear recovers 80.0 % [80.0, 80.0] at batch 128 of what the rate as it is loses.")
    #expect(report.html.rendered().contains("At batch 128 the best is linear, 0.125"))
  }

  /// An interval of shares ends where shares do.
  @Test func intervalsOfAccuracyStayWithinZeroAndOne() throws {
    let report = try RulesReport(
      RulesFixture.results([.reference: [8: [0.98, 0.99, 0.97], 128: [0.99, 0.5, 0.5]]]))
    let chart = report.html.sections.flatMap(\.charts)[0]
    #expect(chart.answer.contains("[0.0 %, 100.0 %]"))
    let intervals = chart.panels.flatMap(\.series).flatMap(\.points).compactMap(\.interval)
    #expect(intervals.count == 4 && intervals.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= 1 })
    #expect(report.findings[0].hasSuffix("clearly lose anything, so that there is nothing to recover."))
    let table = report.table.rendered(as: .csv).split(separator: "\n")
    #expect(table[3].hasPrefix("128,0.6633") && table[3].contains(",0,1,"))
    #expect(report.table.rendered(as: .table).contains("66.3 % [0.0 %, 100.0 %]"))
  }

  /// Without a clear loss a chart compares what there is instead of asserting one.
  @Test func withoutALossOutcomesAreCompared() throws {
    let linear = RuleVariant(rule: try LearningRateRuleCodec.read("linear"), warmsUp: false)
    let report = try RulesReport(
      RulesFixture.results([
        .reference: [8: [0.90, 0.91, 0.89], 128: [0.90, 0.89, 0.91]], linear: [128: [0.91, 0.92, 0.90]],
      ]))
    let answers = report.html.sections.flatMap(\.charts).map(\.answer)
    let plain = "the rate as it is gives 90.0 % [87.5 %, 92.5 %] at batch 128; batch 8 gives 90.0 % [87.5 %, 92.5 %]."
    #expect(answers.contains(plain.capitalizedFirst), "\(answers)")
    #expect(answers.contains("Linear gives 91.0 % [88.5 %, 93.5 %] at batch 128; \(plain)"))
  }

  /// A rule keeps its colour from chart to chart.
  @Test func aRuleHasOneColour() throws {
    let sqrt = RuleVariant(rule: try LearningRateRuleCodec.read("sqrt"), warmsUp: false)
    let results: [Int: [Double?]] = [32: [0.90, 0.91, 0.89], 128: [0.88, 0.89, 0.87]]
    let report = try RulesReport(
      RulesFixture.results([.reference: [8: [0.9, 0.91, 0.89]].merging(results) { $1 }, sqrt: results]))
    let colors = report.html.sections.flatMap(\.charts).flatMap(\.panels).flatMap(\.series)
      .filter { $0.name == "sqrt" }.map(\.color)
    #expect(colors.count >= 2 && Set(colors).count == 1)
  }

  @Test func divergedRunsAreShown() throws {
    let report = try report(rules: ["linear"], warmUp: nil, seeds: [1, 2], rate: 1e38)
    #expect(report.findings.contains { $0.contains("diverged: their loss ceased to be a number") })
    #expect(report.table.rendered(as: .table).contains("2 of 2 diverged"))
    #expect(!report.html.rendered().contains(">nan<"))
  }

  @Test func aStudyCutShortSaysSo() throws {
    _ = try report(seeds: [1])
    for name in folder.names(in: "r/trials") where name.hasPrefix("sqrt-b") || name.hasPrefix("linear-b") {
      try FileManager.default.removeItem(atPath: "\(path)/trials/\(name)")
    }
    let report = try RulesReport(StudyResults(folder: path))
    #expect(report.findings.contains("4 runs are not finished; the figures are of those that are."))
    #expect(report.html.rendered().contains("10 of 14 training runs"))
    for name in folder.names(in: "r/trials") { try FileManager.default.removeItem(atPath: "\(path)/trials/\(name)") }
    let empty = try RulesReport(StudyResults(folder: path))
    #expect(empty.findings == ["14 runs are not finished; the figures are of those that are."])
    #expect(empty.html.rendered().contains("0 of 14 training runs"))
  }

  @Test func chartsAreFilesToo() throws {
    let report = try report(seeds: [1, 2])
    // The folder is made where it is missing.
    try report.html.writeCharts(to: "\(path)/charts/first")
    let names = folder.names(in: "r/charts/first").filter { $0.hasSuffix(".svg") }
    #expect(names.count == report.html.sections.flatMap(\.charts).count && names.contains("chart-1.svg"))
  }
}
