/// What is drawn within the axes of a panel.
struct PanelPicture {
  let panel: Chart.Panel
  let x: AxisLayout
  let y: AxisLayout
  /// The axis in whose format texts under the pointer are written.
  let tipAxis: Axis
  /// Whether names stand beside the series.
  let labelsSeries: Bool
  /// Whether there is something for a pointer to find.
  let isInteractive: Bool
  private let stack: ColumnStack

  init(panel: Chart.Panel, x: AxisLayout, y: AxisLayout, tipAxis: Axis, labelsSeries: Bool, isInteractive: Bool) {
    self.panel = panel
    self.x = x
    self.y = y
    self.tipAxis = tipAxis
    self.labelsSeries = labelsSeries
    self.isInteractive = isInteractive
    stack = ColumnStack(panel.series)
  }

  func draw(into svg: inout SVG) {
    for (index, series) in panel.series.enumerated() { draw(series, index, into: &svg) }
    if labelsSeries { drawLabels(into: &svg) }
  }

  private func draw(_ series: Series, _ index: Int, into svg: inout SVG) {
    let points = drawn(series, index)
    // Of many points the dots would cover one another.
    let radius = Double(points.count) * 11 > abs(x.to - x.from) ? 2.2 : 4
    svg.open("g", ["class": "series", "data-series": series.name, "style": "color:\(series.color.css)"])
    switch series.style {
    case .line:
      drawBand(points, into: &svg)
      drawPath(points, into: &svg)
    case .dottedLine:
      drawIntervals(points, radius, into: &svg)
      drawPath(points, into: &svg)
      drawDots(points, "dot", radius, into: &svg)
    case .dots:
      drawIntervals(points, radius, into: &svg)
      drawDots(points, "dot", radius, into: &svg)
    case .faintDots: drawDots(points, "faint", 2.5, into: &svg)
    case .columns, .stackedColumns:
      drawColumns(points, series.style, into: &svg)
      drawIntervals(points, into: &svg)
    }
    if isInteractive, series.style != .faintDots { drawTargets(points, series, into: &svg) }
    svg.close("g")
  }

  private func drawn(_ series: Series, _ index: Int) -> [DrawnPoint] {
    series.points.compactMap { point in
      if series.style == .stackedColumns {
        guard let span = stack.span(series: index, point), let px = x.position(point.x),
          let low = y.position(span.lowerBound), let high = y.position(span.upperBound)
        else { return nil }
        return DrawnPoint(x: px, y: high, base: low, low: nil, high: nil, point: point)
      }
      guard let px = x.position(point.x), let py = y.position(point.y) else { return nil }
      // The interval of a quantity that cannot be negative may reach below zero; the axis does not.
      let low = point.interval.flatMap { y.position(max($0.lowerBound, y.range.lowerBound)) }
      let high = point.interval.flatMap { y.position($0.upperBound) }
      let base = y.position(max(y.range.lowerBound, 0)) ?? y.from
      return DrawnPoint(x: px, y: py, base: base, low: low, high: high, point: point)
    }
  }

  private func drawPath(_ points: [DrawnPoint], into svg: inout SVG) {
    guard points.count > 1 else { return }
    svg.element(
      "polyline", ["points": points.map { "\(SVG.number($0.x)),\(SVG.number($0.y))" }.joined(separator: " ")])
  }

  private func drawBand(_ points: [DrawnPoint], into svg: inout SVG) {
    let edges = points.compactMap { point in
      point.low.flatMap { low in point.high.map { (x: point.x, low: low, high: $0) } }
    }
    guard edges.count > 1 else { return }
    let outline = edges.map { ($0.x, $0.high) } + edges.reversed().map { ($0.x, $0.low) }
    svg.element(
      "polygon",
      ["class": "band", "points": outline.map { "\(SVG.number($0)),\(SVG.number($1))" }.joined(separator: " ")])
  }

  private func drawIntervals(_ points: [DrawnPoint], _ radius: Double = 4, into svg: inout SVG) {
    for point in points {
      guard let low = point.low, let high = point.high else { continue }
      svg.line(radius < 3 ? "interval thin" : "interval", point.x, low, point.x, high)
    }
  }

  private func drawDots(_ points: [DrawnPoint], _ name: String, _ radius: Double, into svg: inout SVG) {
    for point in points {
      svg.element(
        "circle",
        [
          "class": (name == "dot" && radius < 3 ? "dot small" : name) + (point.point.isHollow ? " hollow" : ""),
          "cx": SVG.number(point.x),
          "cy": SVG.number(point.y), "r": SVG.number(radius),
        ])
    }
  }

  private func drawColumns(_ points: [DrawnPoint], _ style: Series.Style, into svg: inout SVG) {
    let breadths = ColumnBreadths(panel, style, x)
    for point in points {
      let breadth = breadths[point.x]
      svg.element(
        "rect",
        [
          "class": style == .columns ? "column" : "column stacked", "x": SVG.number(point.x - breadth / 2),
          "y": SVG.number(min(point.y, point.base)), "width": SVG.number(breadth),
          "height": SVG.number(abs(point.base - point.y)), "rx": style == .columns ? "2" : "0",
        ])
    }
  }

  /// Unseen circles that the pointer can find, each with what it says.
  private func drawTargets(_ points: [DrawnPoint], _ series: Series, into svg: inout SVG) {
    for point in points {
      let interval = IntervalFormat.brackets(point.point.interval, tipAxis.text)
      let tip =
        "\(series.name)\n" + (point.point.note.map { "\($0)\n" } ?? "")
        + "\(panel.x.label): \(panel.x.text(point.point.x))\n"
        + "\(tipAxis.label): \(tipAxis.text(point.point.y))\(interval)"
      let height = series.style == .stackedColumns ? (point.y + point.base) / 2 : point.y
      svg.element(
        "circle", ["class": "target", "cx": SVG.number(point.x), "cy": SVG.number(height), "r": "9", "data-tip": tip])
    }
  }

  /// Names beside the last points, moved apart where they would cover one another.
  private func drawLabels(into svg: inout SVG) {
    var labels: [(series: Series, position: Double)] = panel.series.enumerated().compactMap { index, series in
      guard series.isLabelled, let last = drawn(series, index).last else { return nil }
      return (series, series.style == .stackedColumns ? (last.y + last.base) / 2 : last.y)
    }
    labels.sort { $0.position < $1.position }
    let spacing = 13.0
    for index in labels.indices.dropFirst() {
      labels[index].position = max(labels[index].position, labels[index - 1].position + spacing)
    }
    if let overhang = labels.last.map({ $0.position - y.from }), overhang > 0 {
      for index in labels.indices.reversed() {
        let limit = index == labels.count - 1 ? y.from : labels[index + 1].position - spacing
        labels[index].position = min(labels[index].position, limit)
      }
    }
    for label in labels {
      svg.element(
        "text",
        [
          "class": "label", "x": SVG.number(x.to + 8), "y": SVG.number(label.position + 4),
          "style": "fill:\(label.series.color.css)", "data-series": label.series.name,
        ], content: label.series.name)
    }
  }
}

/// A point of a series and its position on the picture.
private struct DrawnPoint {
  let x: Double
  let y: Double
  /// Where a column begins.
  let base: Double
  let low: Double?
  let high: Double?
  let point: Series.Point
}
