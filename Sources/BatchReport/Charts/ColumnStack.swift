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
