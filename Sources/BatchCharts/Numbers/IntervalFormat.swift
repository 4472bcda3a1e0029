package import BatchFoundation
import Glibc

/// A number and its 95 % interval, all in one unit: `4 % [2, 6]`, `12.1 µs [11.8, 12.4]`.
package enum IntervalFormat {
  /// Hundredths: with a decimal where the interval is narrower than two of them, or where there is none.
  package static func percent(_ share: Double, _ interval: ClosedRange<Double>?, signed: Bool = false) -> String {
    let isWide = interval.map { $0.upperBound - $0.lowerBound >= 0.02 } ?? false
    func text(_ share: Double) -> String { NumberFormat.fixed(share * 100, decimals: isWide ? 0 : 1) }
    let value = text(share)
    let isPositive = share > 0 && value.contains { $0 != "0" && $0 != "." }
    return (signed && isPositive ? "+" : "") + "\(value) %" + brackets(interval, text)
  }

  /// Three digits that count.
  package static func number(_ value: Double, _ interval: ClosedRange<Double>?) -> String {
    func text(_ value: Double) -> String { NumberFormat.significant(value, digits: 3) }
    return text(value) + brackets(interval, text)
  }

  /// A duration, in a unit that suits the value.
  package static func duration(_ seconds: Double, _ interval: ClosedRange<Double>?) -> String {
    let unit = DurationUnit(for: seconds != 0 ? seconds : interval?.upperBound ?? 0)
    return unit.text(seconds, interval)
  }

  /// A median and half of its interval's width: `62.1 ± 0.3 µs`; without an interval the median alone.
  package static func spread(_ estimate: MedianEstimate) -> String {
    guard let interval = estimate.interval else { return NumberFormat.duration(estimate.value) }
    let unit = DurationUnit(for: estimate.value)
    let half = (interval.upperBound - interval.lowerBound) / 2
    let decimals = min(3, max(unit.decimals(estimate.value, digits: 3), unit.decimals(half, digits: 1)))
    return "\(unit.fixed(estimate.value, decimals)) ± \(unit.fixed(half, decimals)) \(unit.name)"
  }

  package static func brackets(_ interval: ClosedRange<Double>?, _ text: (Double) -> String) -> String {
    interval.map { " [\(text($0.lowerBound)), \(text($0.upperBound))]" } ?? ""
  }
}

/// A unit of time for numbers that stand side by side.
package struct DurationUnit {
  /// `µs`.
  package let name: String
  /// Its length in seconds.
  package let seconds: Double

  package static var microseconds: DurationUnit { DurationUnit(name: "µs", seconds: 1e-6) }

  private init(name: String, seconds: Double) {
    self.name = name
    self.seconds = seconds
  }

  /// The unit that suits a duration.
  package init(for duration: Double) {
    switch abs(duration) {
    case ..<0.999_5e-6: self.init(name: "ns", seconds: 1e-9)
    case ..<0.999_5e-3: self.init(name: "µs", seconds: 1e-6)
    case ..<0.999_5: self.init(name: "ms", seconds: 1e-3)
    default: self.init(name: "s", seconds: 1)
    }
  }

  /// `12.1 µs [11.8, 12.4]`: as many decimals as the value has with three digits.
  package func text(_ duration: Double, _ interval: ClosedRange<Double>?) -> String {
    let places = decimals(duration != 0 ? duration : interval?.upperBound ?? 0, digits: 3)
    return "\(fixed(duration, places)) \(name)" + IntervalFormat.brackets(interval) { fixed($0, places) }
  }

  /// The decimals that so many digits of a duration take.
  package func decimals(_ duration: Double, digits: Int) -> Int {
    let count = abs(duration) / seconds
    // What is less than that many parts of the smallest unit is shown as nothing, and large numbers have no decimals.
    guard count > 1e-9, count < 1e15 else { return 0 }
    // Rounding can carry into a new digit: 9.996 is 10.0 to three digits.
    let scale = pow(10, Double(digits - 1) - log10(count).rounded(.down))
    return max(0, digits - 1 - Int(log10((count * scale).rounded() / scale).rounded(.down)))
  }

  package func fixed(_ duration: Double, _ decimals: Int) -> String {
    NumberFormat.fixed(duration / seconds, decimals: decimals)
  }
}
