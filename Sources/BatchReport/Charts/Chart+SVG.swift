extension Chart {
  /// The chart as an SVG element that takes its colours from the page.
  ///
  /// Width and height are in pixels at the size at which a unit of the picture is a pixel; the page may scale it.
  public func svg(width: Double = 860, height: Double = 340) -> String {
    ChartPicture(chart: self, width: width, height: height).text()
  }
}

/// A chart laid out on a picture.
private struct ChartPicture {
  let chart: Chart
  let width: Double
  let height: Double

  private let left = 58.0
  private let top = 26.0
  private let bottom = 46.0
  private let gap = 26.0

  /// Room for the labels beside the lines.
  private var right: Double {
    let longest = chart.panels.flatMap(\.series).filter(\.isLabelled).map(\.name.count).max() ?? 0
    return longest == 0 ? 12 : 18 + 6.6 * Double(longest)
  }

  private var panelWidth: Double {
    let count = Double(max(chart.panels.count, 1))
    return (width - left - right - gap * (count - 1)) / count
  }

  func text() -> String {
    var svg = SVG()
    svg.open(
      "svg",
      [
        "class": "chart", "viewBox": "0 0 \(SVG.number(width)) \(SVG.number(height))", "role": "img",
        "xmlns": "http://www.w3.org/2000/svg",
      ])
    svg.element("title", [:], content: chart.question)
    svg.element("desc", [:], content: chart.answer)
    let points = chart.panels.flatMap(\.series).flatMap(\.points)
    let isNeverNegative = chart.y.includesZero && points.allSatisfy { $0.y >= 0 }
    let heights = points.flatMap { point in
      [point.y]
        + (point.interval.map { [isNeverNegative ? max($0.lowerBound, 0) : $0.lowerBound, $0.upperBound] } ?? [])
    }
    if let y = AxisLayout(chart.y, values: heights, from: height - bottom, to: top, padding: 0.06) {
      drawRows(y, into: &svg)
      for (index, panel) in chart.panels.enumerated() { draw(panel, index, y, into: &svg) }
    } else {
      svg.element(
        "text", ["class": "empty", "x": SVG.number(width / 2), "y": SVG.number(height / 2), "text-anchor": "middle"],
        content: "no data yet")
    }
    svg.close("svg")
    return svg.text
  }

  private func drawRows(_ y: AxisLayout, into svg: inout SVG) {
    svg.element("text", ["class": "axis", "x": "0", "y": "11"], content: chart.y.label)
    for tick in y.ticks(count: 6) {
      guard let place = y.place(tick) else { continue }
      svg.element(
        "text", ["class": "tick", "x": SVG.number(left - 8), "y": SVG.number(place + 4), "text-anchor": "end"],
        content: chart.y.text(tick))
      for index in chart.panels.indices {
        let start = left + Double(index) * (panelWidth + gap)
        line("grid", start, place, start + panelWidth, place, into: &svg)
      }
    }
  }

  private func draw(_ panel: Chart.Panel, _ index: Int, _ y: AxisLayout, into svg: inout SVG) {
    let start = left + Double(index) * (panelWidth + gap)
    let xs = panel.series.flatMap { $0.points.map(\.x) }
    guard let x = AxisLayout(panel.x, values: xs, from: start, to: start + panelWidth, padding: 0.04) else { return }
    for tick in x.ticks(count: max(3, Int(panelWidth / 62))) {
      guard let place = x.place(tick) else { continue }
      line("tickmark", place, height - bottom, place, height - bottom + 4, into: &svg)
      svg.element(
        "text",
        ["class": "tick", "x": SVG.number(place), "y": SVG.number(height - bottom + 18), "text-anchor": "middle"],
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
        ["class": "panel", "x": SVG.number(start + panelWidth / 2), "y": "12", "text-anchor": "middle"],
        content: panel.title)
    }
    for series in panel.series { draw(series, panel, x, y, into: &svg) }
    drawLabels(panel, x, y, into: &svg)
  }

  private func draw(_ series: Series, _ panel: Chart.Panel, _ x: AxisLayout, _ y: AxisLayout, into svg: inout SVG) {
    let points = series.points.compactMap { point -> PlacedPoint? in
      guard let px = x.place(point.x), let py = y.place(point.y) else { return nil }
      // The interval of a quantity that cannot be negative may reach below zero; the axis does not.
      let low = point.interval.flatMap { y.place(max($0.lowerBound, y.range.lowerBound)) }
      let high = point.interval.flatMap { y.place($0.upperBound) }
      return PlacedPoint(x: px, y: py, low: low, high: high, point: point)
    }
    svg.open("g", ["class": "series", "data-series": series.name, "style": "color:\(series.color.css)"])
    switch series.style {
    case .line:
      band(points, into: &svg)
      path(points, into: &svg)
    case .dottedLine:
      intervalBars(points, into: &svg)
      path(points, into: &svg)
      dots(points, radius: 4, into: &svg)
    case .dots:
      intervalBars(points, into: &svg)
      dots(points, radius: 4, into: &svg)
    case .faintDots: dots(points, radius: 2.5, into: &svg)
    case .columns:
      columns(points, y, into: &svg)
      intervalBars(points, into: &svg)
    }
    if series.style != .faintDots { targets(points, series, panel, into: &svg) }
    svg.close("g")
  }

  private func path(_ points: [PlacedPoint], into svg: inout SVG) {
    guard points.count > 1 else { return }
    svg.element(
      "polyline", ["points": points.map { "\(SVG.number($0.x)),\(SVG.number($0.y))" }.joined(separator: " ")])
  }

  private func band(_ points: [PlacedPoint], into svg: inout SVG) {
    let edges = points.compactMap { point in
      point.low.flatMap { low in point.high.map { (x: point.x, low: low, high: $0) } }
    }
    guard edges.count > 1 else { return }
    let outline = edges.map { ($0.x, $0.high) } + edges.reversed().map { ($0.x, $0.low) }
    svg.element(
      "polygon",
      ["class": "band", "points": outline.map { "\(SVG.number($0)),\(SVG.number($1))" }.joined(separator: " ")])
  }

  private func intervalBars(_ points: [PlacedPoint], into svg: inout SVG) {
    for point in points {
      guard let low = point.low, let high = point.high else { continue }
      line("interval", point.x, low, point.x, high, into: &svg)
    }
  }

  private func dots(_ points: [PlacedPoint], radius: Double, into svg: inout SVG) {
    for point in points {
      svg.element(
        "circle",
        [
          "class": radius < 3 ? "faint" : "dot", "cx": SVG.number(point.x), "cy": SVG.number(point.y),
          "r": SVG.number(radius),
        ])
    }
  }

  private func columns(_ points: [PlacedPoint], _ y: AxisLayout, into svg: inout SVG) {
    let base = y.place(max(y.range.lowerBound, 0)) ?? height - bottom
    let spacing = zip(points, points.dropFirst()).map { $1.x - $0.x }.min() ?? panelWidth / 3
    let breadth = min(46, spacing * 0.6)
    for point in points {
      svg.element(
        "rect",
        [
          "class": "column", "x": SVG.number(point.x - breadth / 2), "y": SVG.number(min(point.y, base)),
          "width": SVG.number(breadth), "height": SVG.number(abs(base - point.y)), "rx": "2",
        ])
    }
  }

  /// Unseen circles that the pointer can find, each with what it says.
  private func targets(_ points: [PlacedPoint], _ series: Series, _ panel: Chart.Panel, into svg: inout SVG) {
    for point in points {
      let interval = point.point.interval.map {
        " [\(chart.y.text($0.lowerBound)), \(chart.y.text($0.upperBound))]"
      }
      let tip =
        "\(series.name)\n\(panel.x.label): \(panel.x.text(point.point.x))\n"
        + "\(chart.y.label): \(chart.y.text(point.point.y))\(interval ?? "")"
      svg.element(
        "circle", ["class": "target", "cx": SVG.number(point.x), "cy": SVG.number(point.y), "r": "9", "data-tip": tip])
    }
  }

  /// Names beside the last points, moved apart where they would cover one another.
  private func drawLabels(_ panel: Chart.Panel, _ x: AxisLayout, _ y: AxisLayout, into svg: inout SVG) {
    var labels: [(series: Series, place: Double)] = panel.series.compactMap { series in
      guard series.isLabelled, let last = series.points.last, let place = y.place(last.y) else { return nil }
      return (series, place)
    }
    labels.sort { $0.place < $1.place }
    let spacing = 13.0
    for index in labels.indices.dropFirst() {
      labels[index].place = max(labels[index].place, labels[index - 1].place + spacing)
    }
    if let overhang = labels.last.map({ $0.place - (height - bottom) }), overhang > 0 {
      for index in labels.indices.reversed() {
        let limit = index == labels.count - 1 ? height - bottom : labels[index + 1].place - spacing
        labels[index].place = min(labels[index].place, limit)
      }
    }
    for label in labels {
      svg.element(
        "text",
        [
          "class": "label", "x": SVG.number(x.to + 8), "y": SVG.number(label.place + 4),
          "style": "fill:\(label.series.color.css)", "data-series": label.series.name,
        ], content: label.series.name)
    }
  }

  private func line(_ name: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, into svg: inout SVG) {
    svg.element(
      "line",
      ["class": name, "x1": SVG.number(x1), "y1": SVG.number(y1), "x2": SVG.number(x2), "y2": SVG.number(y2)])
  }
}

/// A point of a series and its place on the picture.
private struct PlacedPoint {
  let x: Double
  let y: Double
  let low: Double?
  let high: Double?
  let point: Series.Point
}
