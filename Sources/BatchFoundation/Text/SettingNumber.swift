/// Numbers in the text of a setting: `30`, `0.1`, `1e-4`, and `1/8` for a share.
package enum SettingNumber {
  /// Reads a finite number or a quotient of two; nil for anything else.
  package static func read(_ text: Substring) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let numerator = Double(parts[0]) else { return nil }
    guard parts.count == 2 else { return numerator.isFinite ? numerator : nil }
    guard let denominator = Double(parts[1]), (numerator / denominator).isFinite else { return nil }
    return numerator / denominator
  }

  /// The shortest decimal text that reads back as the same number.
  package static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// The decimal text, or a fraction such as `1/32` where that is shorter and the same number.
  package static func share(_ value: Double) -> String {
    let decimal = plain(value)
    let whole = (1 / value).rounded()
    guard value > 0, value < 1, whole < 1e9, 1 / whole == value else { return decimal }
    let fraction = "1/\(plain(whole))"
    return fraction.count < decimal.count ? fraction : decimal
  }
}
