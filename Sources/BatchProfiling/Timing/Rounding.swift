import Glibc

/// Numbers cut to the digits that mean something, so that files of many samples stay small.
enum Rounding {
  /// The nearest number of so many decimal digits.
  static func digits(_ value: Double, _ count: Int) -> Double {
    guard value.isFinite, value != 0 else { return value }
    let scale = count - 1 - Int(log10(abs(value)).rounded(.down))
    // Dividing by a whole power of ten gives the number nearest to the decimal one; multiplying by its inverse does
    // not.
    return scale >= 0
      ? (value * pow(10, Double(scale))).rounded() / pow(10, Double(scale))
      : (value / pow(10, Double(-scale))).rounded() * pow(10, Double(-scale))
  }
}
