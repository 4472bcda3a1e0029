/// How the stacked columns of a panel stand on one another.
struct ColumnStack {
  /// For each series what lies below its columns, by x.
  private var bases: [[Double: Double]] = []
  /// The heights of the whole stacks, by x.
  private(set) var totals: [Double: Double] = [:]

  /// Stacks those of the series that are drawn so, the first lowest.
  init(_ series: [Series]) {
    for series in series {
      var bases: [Double: Double] = [:]
      if series.style == .stackedColumns {
        for point in series.points where point.x.isFinite && point.y.isFinite {
          bases[point.x] = totals[point.x, default: 0]
          totals[point.x, default: 0] += max(0, point.y)
        }
      }
      self.bases.append(bases)
    }
  }

  /// The lower and the upper end of a column; nil for one that cannot be drawn.
  func span(series: Int, _ point: Series.Point) -> ClosedRange<Double>? {
    bases[series][point.x].map { $0...$0 + max(0, point.y) }
  }
}

/// How broad the columns of a panel are: so that none touches its neighbours, wherever these stand.
struct ColumnBreadths {
  /// The distance to the nearer neighbour, by position.
  private let room: [Double: Double]
  private let share: Double

  private static let largest = 46.0

  /// The breadths of the panel's columns of a style.
  init(_ panel: Chart.Panel, _ style: Series.Style, _ x: AxisLayout) {
    let columns = panel.series.filter { $0.style == style }.flatMap(\.points)
    let positions = Set(columns.compactMap { x.position($0.x) }).sorted()
    var room: [Double: Double] = [:]
    for (index, position) in positions.enumerated() {
      let before = index > 0 ? position - positions[index - 1] : .infinity
      let after = index + 1 < positions.count ? positions[index + 1] - position : .infinity
      room[position] = min(before, after)
    }
    self.room = room
    share = style == .stackedColumns ? 0.8 : 0.6
  }

  /// The breadth of the column at a position of the picture.
  subscript(position: Double) -> Double { min(Self.largest, share * (room[position] ?? .infinity)) }
}
