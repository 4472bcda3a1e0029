/// A chart laid out on a picture: the axes, and where everything goes.
struct ChartPicture {
  let chart: Chart
  let width: Double
  let height: Double
  /// The names above the panels; empty where they stand beside the series.
  let legend: ChartLegend

  /// The vertical axis; nil where nothing can be drawn.
  private let y: AxisLayout?
  /// Room for the numbers of the vertical axis.
  private let left: Double
  private let gap = 26.0
  private let bottomMargin = 46.0
  private let bottom: Double
  private let right: Double
  /// Where the headings of panels stand.
  private let headings: Double
  private let panelWidth: Double

  init(chart: Chart, width: Double, height: Double) {
    self.chart = chart
    self.width = width
    let labelled = chart.panels.flatMap(\.series).filter(\.isLabelled)
    let longest = labelled.map(\.name.count).max() ?? 0
    let isAbove = chart.names == .above || longest > 26 || labelled.count > 18
    legend = ChartLegend(isAbove ? labelled : [], width: width)
    right = longest == 0 || isAbove ? 12 : 18 + 7 * Double(longest)
    let values = Self.heights(chart)
    let numbers = AxisLayout(chart.y, values: values, from: 300, to: 0, padding: 0.06)?.ticks(count: 6) ?? []
    left = max(58, 14 + 6.6 * Double(numbers.map { chart.y.text($0).count }.max() ?? 0))
    let count = Double(max(chart.panels.count, 1))
    panelWidth = (width - left - right - gap * (count - 1)) / count
    // A heading that would touch the name of the vertical axis goes below it.
    let heading = chart.panels.first?.title ?? ""
    let isTouching = left + panelWidth / 2 - 3.6 * Double(heading.count) < 6.4 * Double(chart.y.label.count) + 8
    headings = legend.height + (isTouching && !heading.isEmpty ? 28 : 12)
    let top = headings + 14
    self.height = height + legend.height
    bottom = self.height - bottomMargin
    y = AxisLayout(chart.y, values: values, from: bottom, to: top, padding: 0.06)
  }

  /// The picture; with a style it stands alone, below its question and answer, without one it takes colours and fonts
  /// from a page, which has those above it.
  func text(style: String? = nil) -> String {
    var svg = SVG()
    let heading = style.map { _ in ChartHeading(chart, width: width) }
    let top = heading.map { -$0.height } ?? 0
    svg.open(
      "svg",
      [
        "class": "chart", "viewBox": "0 \(SVG.number(top)) \(SVG.number(width)) \(SVG.number(height - top))",
        "role": "img",
        "xmlns": "http://www.w3.org/2000/svg",
      ])
    if let style { svg.element("style", [:], content: style) }
    svg.element("title", [:], content: chart.question)
    svg.element("desc", [:], content: chart.answer)
    heading?.draw(from: top, into: &svg)
    if let y {
      legend.draw(into: &svg)
      drawRows(y, into: &svg)
      for (index, panel) in chart.panels.enumerated() { draw(panel, index, y, isInteractive: style == nil, into: &svg) }
    } else {
      svg.element(
        "text", ["class": "empty", "x": SVG.number(width / 2), "y": SVG.number(height / 2), "text-anchor": "middle"],
        content: "no data yet")
    }
    svg.close("svg")
    return svg.text
  }

  /// All heights that are drawn.
  private static func heights(_ chart: Chart) -> [Double] {
    let plain = chart.panels.flatMap(\.series).filter { $0.style != .stackedColumns }.flatMap(\.points)
    let stacks = chart.panels.map { ColumnStack($0.series).totals.values }
    let isNeverNegative = chart.y.includesZero && plain.allSatisfy { $0.y >= 0 }
    let intervals = plain.flatMap { point in
      point.interval.map { [isNeverNegative ? max($0.lowerBound, 0) : $0.lowerBound, $0.upperBound] } ?? []
    }
    // Columns stand on zero.
    return plain.map(\.y) + intervals + stacks.flatMap { $0.isEmpty ? [] : [0] + $0 }
  }

  private func drawRows(_ y: AxisLayout, into svg: inout SVG) {
    svg.element(
      "text", ["class": "axis", "x": "0", "y": SVG.number(legend.height + 11)], content: chart.y.label)
    for tick in y.ticks(count: 6) {
      guard let position = y.position(tick) else { continue }
      svg.element(
        "text", ["class": "tick", "x": SVG.number(left - 8), "y": SVG.number(position + 4), "text-anchor": "end"],
        content: chart.y.text(tick))
      for index in chart.panels.indices {
        let start = left + Double(index) * (panelWidth + gap)
        svg.line("grid", start, position, start + panelWidth, position)
      }
    }
  }

  private func draw(
    _ panel: Chart.Panel, _ index: Int, _ y: AxisLayout, isInteractive: Bool, into svg: inout SVG
  ) {
    let start = left + Double(index) * (panelWidth + gap)
    let xs = panel.series.flatMap { $0.points.map(\.x) }
    guard let x = AxisLayout(panel.x, values: xs, from: start, to: start + panelWidth, padding: 0.04) else { return }
    // Powers of two are short.
    for tick in x.ticks(count: max(3, Int(panelWidth / (panel.x.scale == .log2 ? 46 : 62)))) {
      guard let position = x.position(tick) else { continue }
      svg.line("tickmark", position, bottom, position, bottom + 4)
      svg.element(
        "text",
        ["class": "tick", "x": SVG.number(position), "y": SVG.number(bottom + 18), "text-anchor": "middle"],
        content: panel.x.text(tick))
    }
    svg.element(
      "text",
      [
        "class": "axis", "x": SVG.number(start + panelWidth / 2), "y": SVG.number(height - 6), "text-anchor": "middle",
      ], content: panel.x.label)
    if !panel.title.isEmpty {
      svg.element(
        "text",
        [
          "class": "panel", "x": SVG.number(start + panelWidth / 2), "y": SVG.number(headings),
          "text-anchor": "middle",
        ], content: panel.title)
    }
    PanelPicture(
      panel: panel, x: x, y: y, tipAxis: chart.y, labelsSeries: legend.isEmpty, isInteractive: isInteractive
    ).draw(into: &svg)
  }
}
