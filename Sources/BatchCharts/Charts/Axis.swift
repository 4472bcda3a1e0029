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
    /// Each of the numbers that occur beside the next, however far apart they are.
    case ordered
  }

  /// How numbers are written.
  public enum Format: Sendable, Hashable {
    /// As numbers, grouped by thousands.
    case number
    /// As hundredths: 0.9 is 90 %.
    case percent
    /// As times: 0.001 is 1 ms.
    case seconds
    /// As bytes: 2048 is 2 KiB.
    case bytes
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
        ? NumberFormat.whole(value) : NumberFormat.significant(value, digits: 3)
    case .percent: percentText(value)
    case .seconds: NumberFormat.duration(value)
    case .bytes: NumberFormat.bytes(value).replacing(#/\.0+ /#, with: " ")
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
