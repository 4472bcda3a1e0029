import Glibc

/// An axis: what it measures, how numbers are spaced, and how they are written.
public struct Axis: Sendable {
  /// How numbers are spaced.
  public enum Scale: Sendable, Hashable {
    /// Evenly.
    case linear
    /// By their logarithm, with ticks at powers of two.
    case log2
    /// By their logarithm, with ticks at 1, 2 and 5 times powers of ten.
    case log10
  }

  /// How numbers are written.
  public enum Format: Sendable, Hashable {
    /// As numbers, grouped by thousands.
    case number
    /// As hundredths: 0.9 is 90 %.
    case percent
    /// As times: 0.001 is 1 ms.
    case seconds
  }

  /// What the axis measures, with its unit.
  public var label: String
  /// How numbers are spaced.
  public var scale: Scale
  /// How numbers are written.
  public var format: Format
  /// Whether zero is always shown; only for a linear axis.
  public var includesZero: Bool

  /// An axis that spans what is drawn.
  public init(_ label: String, scale: Scale = .linear, format: Format = .number, includesZero: Bool = false) {
    self.label = label
    self.scale = scale
    self.format = format
    self.includesZero = includesZero
  }

  func text(_ value: Double) -> String {
    switch format {
    case .number:
      value == value.rounded() && abs(value) < 1e9
        ? NumberFormat.grouped(Int(value)) : NumberFormat.significant(value, digits: 3)
    case .percent: percentText(value)
    case .seconds: NumberFormat.duration(value)
    }
  }

  private func percentText(_ value: Double) -> String {
    let hundredths = value * 100
    let decimals =
      abs(hundredths - hundredths.rounded()) < 1e-9
      ? 0 : abs(hundredths * 10 - (hundredths * 10).rounded()) < 1e-9 ? 1 : 2
    return NumberFormat.percent(value, decimals: decimals)
  }
}

/// An axis laid along a stretch of the picture.
struct AxisLayout {
  let axis: Axis
  /// The numbers at the ends.
  let range: ClosedRange<Double>
  /// The places of the ends; the first may lie after the second, as on a vertical axis.
  let from: Double
  let to: Double

  /// Spans the values that can be drawn; nil when there are none.
  init?(_ axis: Axis, values: [Double], from: Double, to: Double, padding: Double) {
    let drawable = values.filter { $0.isFinite && (axis.scale == .linear || $0 > 0) }
    guard var low = drawable.min(), var high = drawable.max() else { return nil }
    if axis.scale == .linear {
      if axis.includesZero { (low, high) = (min(low, 0), max(high, 0)) }
      let span = high > low ? high - low : max(abs(high), 1) * 0.1
      let pinned = axis.includesZero && low == 0
      low -= pinned ? 0 : span * padding
      high += span * padding
    } else {
      let factor = high > low ? pow(high / low, padding) : 2
      low /= factor
      high *= factor
    }
    self.axis = axis
    range = low...high
    self.from = from
    self.to = to
  }

  /// The place of a number; nil for one that cannot be drawn.
  func place(_ value: Double) -> Double? {
    guard value.isFinite, axis.scale == .linear || value > 0 else { return nil }
    let share =
      axis.scale == .linear
      ? (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      : log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    return from + share * (to - from)
  }

  /// At most about `count` round numbers within the range.
  func ticks(count: Int) -> [Double] {
    switch axis.scale {
    case .linear: linearTicks(count)
    case .log2: powers(of: 2, count)
    case .log10: decimalTicks(count)
    }
  }

  private func linearTicks(_ count: Int) -> [Double] {
    let rough = (range.upperBound - range.lowerBound) / Double(max(count, 1))
    let power = pow(10, log10(rough).rounded(.down))
    let step = ([1, 2, 2.5, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10) * power
    let first = Int((range.lowerBound / step).rounded(.up))
    let last = Int((range.upperBound / step).rounded(.down))
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
