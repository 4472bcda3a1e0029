import Testing

@testable import BatchCharts

@Suite struct StackedColumnTests {
  private struct Column: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
  }

  private func chart(_ scale: Axis.Scale, xs: [Double], heights: [[Double]]) -> Chart {
    let series = heights.enumerated().map { index, values in
      Series(
        "s\(index)", style: .stackedColumns, color: .category(index), isLabelled: true,
        points: zip(xs, values).map { Series.Point(x: $0, y: $1) })
    }
    return Chart(
      question: "", answer: "", y: Axis("y", includesZero: true),
      panels: [Chart.Panel(x: Axis("x", scale: scale), series: series)], names: .above)
  }

  private func columns(_ chart: Chart) -> [Column] {
    let pattern = #/class="column stacked" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/#
    return chart.svg().matches(of: pattern).compactMap { match in
      guard let x = Double(match.1), let y = Double(match.2), let width = Double(match.3), let height = Double(match.4)
      else { return nil }
      return Column(x: x, y: y, width: width, height: height)
    }
  }

  /// Each stands on the one of the series before, and heights are in proportion.
  @Test(arguments: [Axis.Scale.linear, .log2, .ordered])
  func columnsStandOnOneAnother(_ scale: Axis.Scale) {
    let columns = columns(chart(scale, xs: [1, 2, 4], heights: [[1, 2, 3], [2, 2, 1], [1, 0, 2]]))
    #expect(columns.count == 9)
    for place in 0..<3 {
      let stack = [columns[place], columns[3 + place], columns[6 + place]]
      for (below, above) in zip(stack, stack.dropFirst()) {
        #expect(abs(above.y + above.height - below.y) < 0.21 && above.x == below.x)
      }
      #expect(abs(stack[0].y + stack[0].height - (columns[0].y + columns[0].height)) < 0.21)
    }
    #expect(abs(columns[1].height - 2 * columns[0].height) < 0.31 && columns[7].height == 0)
  }

  /// The axis holds whole stacks: the highest column stays below the top.
  @Test func theAxisSpansTheTotals() throws {
    let columns = columns(chart(.ordered, xs: [1, 2], heights: [[60, 10], [60, 10]]))
    #expect(columns.allSatisfy { $0.y > 30 && $0.y + $0.height < 340 })
    let high = try #require(columns.map(\.y).min())
    #expect(high < 80)
  }

  /// Neighbours as near as 63, 64 and 65 do not touch, on any axis.
  @Test(arguments: [Axis.Scale.log2, .ordered])
  func columnsDoNotOverlap(_ scale: Axis.Scale) {
    let xs = [1.0, 2, 63, 64, 65, 1024]
    let columns = columns(chart(scale, xs: xs, heights: [[1, 1, 1, 1, 1, 1]])).sorted { $0.x < $1.x }
    #expect(columns.count == 6)
    for (a, b) in zip(columns, columns.dropFirst()) { #expect(a.x + a.width < b.x + 0.11) }
    if scale == .ordered { #expect(Set(columns.map(\.width)).count == 1) }
  }

  @Test func whatIsNegativeOrNoNumberHasNoHeight() {
    let columns = columns(chart(.ordered, xs: [1, 2], heights: [[-1, 2], [.nan, 2], [3, 1]]))
    #expect(columns.count == 5)
    #expect(columns[0].height == 0 && columns[3].y + columns[3].height == columns[0].y)
  }

  /// Names above the panels stand in rows that do not run into one another or into the plot.
  @Test func namesStandAboveThePanels() {
    let series = (0..<12).map {
      Series(
        "a long name of a series \($0)", style: .line, color: .category($0), isLabelled: true,
        points: [.init(x: 1, y: 1)])
    }
    let chart = Chart(
      question: "", answer: "", y: Axis("y"), panels: [Chart.Panel(title: "p", x: Axis("x"), series: series)],
      names: .above)
    let places = chart.svg().matches(of: #/class="label" x="([\d.]+)" y="([\d.]+)"/#).compactMap { match in
      Double(match.1).flatMap { x in Double(match.2).map { (x: x, y: $0) } }
    }
    #expect(places.count == 12 && places.allSatisfy { $0.x < 700 })
    for (a, b) in zip(places, places.dropFirst()) { #expect(b.y > a.y + 15 || b.x > a.x + 180) }
    let rows = chart.svg().matches(of: #/class="grid" x1="[\d.]+" y1="([\d.]+)"/#).compactMap { Double($0.1) }
    #expect(rows.allSatisfy { row in places.allSatisfy { $0.y < row } })
  }
}
