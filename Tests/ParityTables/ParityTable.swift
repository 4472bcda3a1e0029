import BatchTestSupport
import Glibc

/// Rows of what was compared with what, how far it is away, and how far the tests allow.
struct ParityTable {
  private var rows: [[String]]
  /// Whether every row is within what is allowed.
  private(set) var isWithin = true

  /// A table whose rows are about a `subject`.
  init(_ subject: String) {
    rows = [
      [subject, "reference", "steps", "largest difference, Float", "Double", "allowed, Float", "Double"]
    ]
  }

  /// Adds a row; without a difference in single precision what is allowed there does not matter.
  mutating func add(
    _ name: String, _ reference: String, steps: Int?, float: Double?, double: Double, allowed: PerPrecision
  ) {
    // A NaN is never within.
    isWithin = isWithin && double <= allowed.double && (float.map { $0 <= allowed.float } ?? true)
    rows.append([
      name, reference, steps.map { "\($0)" } ?? "-", float.map(Self.text) ?? "-", Self.text(double),
      float.map { _ in Self.text(allowed.float) } ?? "-", Self.text(allowed.double),
    ])
  }

  /// A line a row, the headings first, cells apart by tabs.
  var text: String { rows.map { $0.joined(separator: "\t") }.joined(separator: "\n") }

  /// Two digits and a power of ten.
  private static func text(_ difference: Double) -> String {
    guard difference != 0, difference.isFinite else { return difference == 0 ? "0" : "\(difference)" }
    var exponent = Int(log10(difference).rounded(.down))
    var tenths = Int((difference / pow(10, Double(exponent - 1))).rounded())
    if tenths == 100 { (tenths, exponent) = (10, exponent + 1) }
    return "\(tenths / 10).\(tenths % 10)e\(exponent)"
  }
}
