import BatchReport
import BatchScience
import BatchTestSupport
import BatchTraining
import Foundation
import FoundationXML
import Testing

/// Reports on runs whose test loss overflowed, which is no number to take an interval of.
@Suite struct NumberlessOutcomeTests {
  @Test func areShownAsTheyAre() throws {
    let linear = RuleVariant(rule: try LearningRateRuleCodec.read("linear"), warmsUp: false)
    let (infinity, nan) = (Double.infinity, Double.nan)
    let report = try RulesReport(
      RulesFixture.results(
        [
          .reference: [8: [0.1, 0.2, 0.1], 32: [0.2, infinity, 0.2], 128: [nan, 0.3, 0.3]],
          linear: [32: [0.1, 0.1, nan], 128: [0.2, infinity, -infinity]],
        ], measure: .loss))
    #expect(report.table.rendered(as: .table).contains("∞"))
    #expect(report.table.rendered(as: .json).contains("null"))
    #expect(!report.findings.isEmpty)
    let pictures = report.html.rendered().matches(of: #/(?s)<svg.*?</svg>/#)
    #expect(!pictures.isEmpty)
    for picture in pictures {
      #expect(XMLParser(data: Data(String(picture.output).utf8)).parse() && !picture.output.contains("nan"))
    }
  }
}
