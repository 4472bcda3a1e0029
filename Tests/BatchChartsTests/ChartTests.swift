import Foundation
import FoundationXML
import Testing

@testable import BatchCharts

@Suite struct ChartTests {
  private func chart(_ points: [Series.Point], scale: Axis.Scale = .log2, style: Series.Style = .dottedLine) -> Chart {
    Chart(
      question: "Is 1 < 2 & \"so\"?", answer: "Yes.", y: Axis("accuracy", format: .percent),
      panels: [
        Chart.Panel(
          title: "panel", x: Axis("batch size", scale: scale),
          series: [Series("a<b", style: style, color: .category(0), isLabelled: true, points: points)])
      ])
  }

  private func isWellFormed(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }

  private func count(_ element: String, in text: String) -> Int { text.components(separatedBy: element).count - 1 }

  @Test(arguments: [Series.Style.line, .dottedLine, .dots, .faintDots, .columns])
  func drawsWellFormedPictures(_ style: Series.Style) {
    let points = (5...10).map { Series.Point(x: Double(1 << $0), y: 0.8 + Double($0) / 100, interval: 0.8...0.95) }
    let svg = chart(points, style: style).svg()
    #expect(isWellFormed(svg))
    #expect(svg.contains("Is 1 &lt; 2 &amp; &quot;so&quot;?"))
    let marks =
      style == .columns
      ? "<rect class=\"column\""
      : style == .line ? "<polygon" : "<circle class=\"\(style == .faintDots ? "faint" : "dot")\""
    #expect(count(marks, in: svg) == (style == .line ? 1 : 6))
  }

  /// Numbers of any size are drawn, or left out, and end nothing.
  @Test(arguments: [Axis.Scale.linear, .log2, .log10, .ordered])
  func anyNumbersGiveAPicture(_ scale: Axis.Scale) {
    for value in NumberFormatTests.sizes(everyPower: 40) {
      for other in [0, 1, value.nextUp, -value, 1e199, 1e-199] {
        var chart = chart([Series.Point(x: value, y: other), Series.Point(x: other, y: value)], scale: scale)
        chart.y = Axis("y", scale: scale)
        #expect(!chart.svg().contains("nan"), "\(value) and \(other)")
      }
    }
  }

  /// Swift takes a quote and an accent behind it for one character; a browser does not.
  @Test func accentsBehindSignsOfMarkupHideNothing() throws {
    let evil = "a\"\u{301} onmouseover=alert(1) x=<\u{301}b>\u{301}&\u{301}\u{1B}\u{FFFE}"
    var chart = chart([Series.Point(x: 32, y: 0.5), Series.Point(x: 64, y: 0.6)])
    chart.panels[0].series[0].name = evil
    chart.question = evil
    let svg = chart.svg()
    #expect(
      isWellFormed(svg) && svg.contains("a&quot;\u{301} onmouseover=alert(1) x=&lt;\u{301}b&gt;\u{301}&amp;\u{301}"))
    let page = HTMLReport(
      title: evil, subtitle: "", findings: [evil], sections: [HTMLReport.Section(evil, charts: [chart])],
      circumstances: [(evil, evil)], json: "\"</script>\u{301}<\u{301}\""
    ).rendered()
    #expect(page.contains("\"\\u003c/script>\u{301}\\u003c\u{301}\"</script>"))
    #expect(page.contains("<h1>a&quot;\u{301} onmouseover") && !page.contains("\u{1B}"))
  }

  /// Alone, a picture tells its question and answer in lines within its width, above what it has on a page.
  @Test func aFileStatesQuestionAndAnswer() throws {
    var chart = chart([Series.Point(x: 32, y: 0.5), Series.Point(x: 64, y: 0.6)])
    chart.answer = String(repeating: "At batch 64 it is 60 %. ", count: 12)
    let (file, page) = (chart.file(), chart.svg())
    #expect(isWellFormed(file) && page.contains("viewBox=\"0 0 860 340\"") && !page.contains("class=\"answered\""))
    #expect(file.contains("<text class=\"asked\" x=\"0\" y=\"-78\">Is 1 &lt; 2 &amp; &quot;so&quot;?</text>"))
    let lines = file.matches(of: #/<text class="answered"[^>]*>([^<]*)</#).map(\.1)
    #expect(lines.joined(separator: " ") + " " == chart.answer)
    #expect(lines.count == 3 && lines.allSatisfy { $0.count <= 860 / 9 })
    #expect(file.contains("viewBox=\"0 -92 860 432\""))
  }

  @Test func aLongWordHasALineOfItsOwn() {
    #expect(ChartHeading.lines("a bc defghij k", 4) == ["a bc", "defghij", "k"])
    #expect(ChartHeading.lines("", 4).isEmpty)
  }

  @Test func awkwardDataGiveASensiblePicture() {
    #expect(chart([]).svg().contains("no data yet"))
    #expect(chart([Series.Point(x: 1, y: .nan)]).svg().contains("no data yet"))
    for points in [
      [Series.Point(x: 32, y: 0.5)], [Series.Point(x: 32, y: 0.5), Series.Point(x: 64, y: 0.5)],
      [Series.Point(x: 0, y: 0.5), Series.Point(x: 8, y: .infinity), Series.Point(x: 16, y: 0.7)],
      [Series.Point(x: 1, y: 0, interval: -1...1)],
    ] {
      let svg = chart(points).svg()
      #expect(isWellFormed(svg) && !svg.contains("nan") && !svg.contains("inf\""))
    }
  }

  /// Log axes show powers of two; all ticks lie within the range, in order.
  @Test(arguments: [Axis.Scale.linear, .log2, .log10], [(1.0, 2048.0), (0.001, 0.002), (3, 3), (32, 1024)])
  func ticksAreRoundAndWithin(_ scale: Axis.Scale, _ span: (low: Double, high: Double)) throws {
    let layout = try #require(
      AxisLayout(Axis("x", scale: scale), values: [span.low, span.high], from: 0, to: 300, padding: 0.05))
    let ticks = layout.ticks(count: 6)
    #expect(ticks.count <= 13 && ticks == ticks.sorted() && ticks.allSatisfy(layout.range.contains))
    #expect(scale != .linear || ticks.count >= 2)
    if scale == .log2 { #expect(ticks.allSatisfy { $0.significand == 1 }) }
    for tick in ticks {
      let place = try #require(layout.position(tick))
      #expect(place >= -0.001 && place <= 300.001)
    }
  }

  /// Labels of lines that end together are moved apart.
  @Test func labelsDoNotCoverOneAnother() throws {
    let series = (0..<6).map {
      Series(
        "\($0)", style: .line, color: .step($0, of: 6), isLabelled: true,
        points: [Series.Point(x: 1, y: 0), Series.Point(x: 2, y: 0.5 + Double($0) / 1e6)])
    }
    let svg = Chart(question: "", answer: "", y: Axis("y"), panels: [Chart.Panel(x: Axis("x"), series: series)]).svg()
    let places = svg.matches(of: #/class="label" x="[\d.]+" y="([\d.]+)"/#).compactMap { Double($0.1) }.sorted()
    #expect(places.count == 6)
    for (a, b) in zip(places, places.dropFirst()) { #expect(b - a >= 12.9) }
  }
}
