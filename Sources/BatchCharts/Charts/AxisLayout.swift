import Glibc

/// An axis laid along a stretch of the picture.
struct AxisLayout {
  let axis: Axis
  /// The numbers at the ends.
  let range: ClosedRange<Double>
  /// The positions of the ends; the first may lie after the second, as on a vertical axis.
  let from: Double
  let to: Double
  /// The numbers that occur, ascending; only of an ordered axis.
  private let steps: [Double]

  /// Spans the values that can be drawn; nil when there are none.
  init?(_ axis: Axis, values: [Double], from: Double, to: Double, padding: Double) {
    let drawable = values.filter { Self.canDraw($0, axis) }
    guard var low = drawable.min(), var high = drawable.max() else { return nil }
    switch axis.scale {
    case .linear:
      if axis.includesZero { (low, high) = (min(low, 0), max(high, 0)) }
      let span = high > low ? high - low : max(abs(high), 1) * 0.1
      let pinned = axis.includesZero && low == 0
      low -= pinned ? 0 : span * padding
      high += span * padding
    case .log2, .log10:
      // By logarithms: the quotient of the ends may be larger than any number.
      let span = log(high) - log(low)
      // Numbers that are all but equal have no room between their logarithms.
      let factor = span > 1e-9 ? exp(span * padding) : 2
      low /= factor
      high *= factor
    case .ordered: break
    }
    steps = axis.scale == .ordered ? Set(drawable).sorted() : []
    self.axis = axis
    range = low...high
    self.from = from
    self.to = to
  }

  /// The position of a number; nil for one that cannot be drawn.
  func position(_ value: Double) -> Double? {
    guard Self.canDraw(value, axis) else { return nil }
    let share: Double
    switch axis.scale {
    case .linear: share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .log2, .log10: share = (log(value) - log(range.lowerBound)) / (log(range.upperBound) - log(range.lowerBound))
    case .ordered:
      guard let index = steps.firstIndex(of: value) else { return nil }
      share = (Double(index) + 0.5) / Double(steps.count)
    }
    return from + share * (to - from)
  }

  /// Numbers that stand for nothing measured, as 10³⁰⁰, would leave no room for the others, and the ends of the axis
  /// must be numbers, too.
  private static func canDraw(_ value: Double, _ axis: Axis) -> Bool {
    guard abs(value) < 1e200 else { return false }
    return axis.scale == .linear || axis.scale == .ordered || value > 1e-200
  }

  /// At most about `count` round numbers within the range.
  func ticks(count: Int) -> [Double] {
    switch axis.scale {
    case .linear: linearTicks(count)
    case .log2: powers(of: 2, count)
    case .log10: decimalTicks(count)
    case .ordered: orderedTicks(count)
    }
  }

  /// Of more numbers than fit the powers of two, and of these not those that stand close to the one before.
  private func orderedTicks(_ count: Int) -> [Double] {
    guard steps.count > count else { return steps }
    let powers = steps.filter { $0 > 0 && $0.significand == 1 }
    let apart = abs(to - from) / Double(max(count, 1)) / 2
    var ticks: [Double] = []
    for candidate in powers.count > 2 ? powers : steps {
      guard let here = position(candidate) else { continue }
      if let last = ticks.last.flatMap(position), abs(here - last) < apart { continue }
      ticks.append(candidate)
    }
    return ticks
  }

  private func linearTicks(_ count: Int) -> [Double] {
    let rough = (range.upperBound - range.lowerBound) / Double(max(count, 1))
    let power = pow(10, log10(rough).rounded(.down))
    let step =
      axis.format == .bytes
      ? exp2(log2(rough * 0.999).rounded(.up))
      : ([1, 2, 2.5, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10) * power
    // Numbers that are all but equal have ticks that no whole number counts.
    guard let first = Int(exactly: (range.lowerBound / step).rounded(.up)),
      let last = Int(exactly: (range.upperBound / step).rounded(.down))
    else { return [] }
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  private func powers(of base: Double, _ count: Int) -> [Double] {
    let first = Int((log(range.lowerBound) / log(base)).rounded(.up))
    let last = Int((log(range.upperBound) / log(base)).rounded(.down))
    guard first <= last else { return [] }
    let stride = max(1, (last - first + count) / max(count, 1))
    return Swift.stride(from: first, through: last, by: stride).map { pow(base, Double($0)) }
  }

  private func decimalTicks(_ count: Int) -> [Double] {
    let first = Int(log10(range.lowerBound).rounded(.down))
    let last = Int(log10(range.upperBound).rounded(.up))
    for multiples in [[1.0, 2, 5], [1, 3], [1]] {
      let ticks = (first...last).flatMap { power in multiples.map { $0 * pow(10, Double(power)) } }.filter(
        range.contains)
      if ticks.count <= count { return ticks }
    }
    return powers(of: 10, count)
  }
}
