/// How broad the columns of a panel are: so that none touches its neighbours, wherever these stand.
struct ColumnBreadths {
  /// The distance to the nearer neighbour, by place.
  private let room: [Double: Double]
  private let share: Double

  private static let largest = 46.0

  /// The breadths of the panel's columns of a style.
  init(_ panel: Chart.Panel, _ style: Series.Style, _ x: AxisLayout) {
    let columns = panel.series.filter { $0.style == style }.flatMap(\.points)
    let places = Set(columns.compactMap { x.place($0.x) }).sorted()
    var room: [Double: Double] = [:]
    for (index, place) in places.enumerated() {
      let before = index > 0 ? place - places[index - 1] : .infinity
      let after = index + 1 < places.count ? places[index + 1] - place : .infinity
      room[place] = min(before, after)
    }
    self.room = room
    share = style == .stackedColumns ? 0.8 : 0.6
  }

  /// The breadth of the column at a place of the picture.
  subscript(place: Double) -> Double { min(Self.largest, share * (room[place] ?? .infinity)) }
}
