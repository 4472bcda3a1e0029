/// The names of a chart's series in rows above its panels, each once.
struct ChartLegend {
  private struct Entry {
    let series: Series
    let x: Double
    let row: Int
  }

  private let entries: [Entry]
  private static let rowHeight = 20.0

  /// Lays the names out within a width.
  init(_ series: [Series], width: Double) {
    var seen: Set<String> = []
    var entries: [Entry] = []
    var (x, row) = (0.0, 0)
    for series in series where seen.insert(series.name).inserted {
      let length = 36 + 7.6 * Double(series.name.count)
      if x > 0, x + length > width { (x, row) = (0, row + 1) }
      entries.append(Entry(series: series, x: x, row: row))
      x += length
    }
    self.entries = entries
  }

  var isEmpty: Bool { entries.isEmpty }

  /// The height of all rows and of the room below them.
  var height: Double { entries.last.map { Double($0.row + 1) * Self.rowHeight + 8 } ?? 0 }

  func draw(into svg: inout SVG) {
    for entry in entries {
      let middle = Double(entry.row) * Self.rowHeight + 8
      svg.element(
        "rect",
        [
          "class": "swatch", "x": SVG.number(entry.x), "y": SVG.number(middle - 5), "width": "10", "height": "10",
          "rx": entry.series.style == .stackedColumns ? "2" : "5", "style": "fill:\(entry.series.color.css)",
        ])
      svg.element(
        "text",
        [
          "class": "label", "x": SVG.number(entry.x + 16), "y": SVG.number(middle + 4),
          "style": "fill:\(entry.series.color.css)", "data-series": entry.series.name,
        ], content: entry.series.name)
    }
  }
}
