import Glibc

/// Numbers as people read them, the same in every locale.
///
/// Every number has a text, infinities, numbers below the normal ones and those that no whole number holds among them:
/// values of a legitimate run come near any of these, and files may hold anything.
public enum NumberFormat {
  /// What stands for a number that is missing or is none.
  public static var missing: String { "–" }

  /// A number with so many digits after the point: `0.125`, `−3.00`.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard !value.isNaN else { return missing }
    guard value.isFinite else { return value < 0 ? "−∞" : "∞" }
    guard abs(value) < Self.widest else { return exponential(value, digits: 3) }
    let digits = printf("%.*f", Int32(decimals), abs(value))
    // A number that rounds to zero has no sign.
    let isNegative = value < 0 && digits.contains { $0 != "0" && $0 != "." }
    return (isNegative ? "−" : "") + digits
  }

  /// A number with so many digits that count: `0.0312`, `12.4`, `55 300`.
  public static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, decimals: 0) }
    // What is left has powers of ten that are normal numbers.
    if abs(value) < 1e-4 || abs(value) >= Self.widest { return exponential(value, digits: digits) }
    let magnitude = Int(log10(abs(value)).rounded(.down))
    // Rounding can carry into a new digit: 9.996 is 10.0 to three digits.
    let scale = pow(10, Double(digits - 1 - magnitude))
    let rounded = (abs(value) * scale).rounded() / scale
    let decimals = max(0, digits - 1 - Int(log10(rounded).rounded(.down)))
    if decimals == 0 {
      let unit = pow(10, Double(max(0, magnitude - digits + 1)))
      return grouped(Int((value / unit).rounded() * unit))
    }
    return fixed(value, decimals: decimals)
  }

  /// A whole number with a thin gap between thousands: `55 000`.
  public static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return (value < 0 ? "−" : "") + text
  }

  /// A number rounded to a whole one, with a thin gap between thousands: `55 000`; beyond 10¹⁵ `1.00e+20`.
  public static func whole(_ value: Double) -> String {
    abs(value) < Self.widest ? grouped(Int(value.rounded())) : fixed(value, decimals: 0)
  }

  /// A count of things that take an s for more than one: `1 epoch`, `12 epochs`.
  public static func count(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)" + (count == 1 ? "" : "s")
  }

  /// A count that is kept as a number.
  public static func count(_ count: Double, _ noun: String) -> String {
    "\(whole(count)) \(noun)" + (count == 1 ? "" : "s")
  }

  /// A share from 0 to 1 in hundredths: `88.9 %`.
  public static func percent(_ share: Double, decimals: Int = 1) -> String {
    share.isFinite ? fixed(share * 100, decimals: decimals) + " %" : fixed(share, decimals: 0)
  }

  /// A time in seconds in the unit that suits it: `1.24 ms`, `14.2 s`, `3 min 05 s`, `2 h 10 min`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return fixed(seconds, decimals: 0) }
    switch seconds {
    case 0: return "0 s"
    case ..<0: return "−" + duration(-seconds)
    case ..<0.999_5e-6: return significant(seconds * 1e9, digits: 3) + " ns"
    case ..<0.999_5e-3: return significant(seconds * 1e6, digits: 3) + " µs"
    case ..<0.999_5: return significant(seconds * 1e3, digits: 3) + " ms"
    case ..<59.95: return significant(seconds, digits: 3) + " s"
    case ..<3599.5:
      let whole = Int(seconds.rounded())
      return "\(whole / 60) min \(twoDigits(whole % 60)) s"
    // A million hours: nobody asks for the minutes.
    case 3.6e9...: return significant(seconds / 3600, digits: 3) + " h"
    default:
      let minutes = Int((seconds / 60).rounded())
      return "\(minutes / 60) h \(twoDigits(minutes % 60)) min"
    }
  }

  /// A number of bytes in the unit that suits it: `512 B`, `12.3 MiB`.
  public static func bytes(_ count: Double) -> String {
    guard abs(count) >= 1023.5 else { return fixed(count, decimals: 0) + " B" }
    var value = count / 1024
    for unit in ["KiB", "MiB", "GiB"] {
      if abs(value) < 999.5 { return significant(value, digits: 3) + " " + unit }
      value /= 1024
    }
    return significant(value, digits: 3) + " TiB"
  }

  /// The shortest text that reads back as the same number, for files and charts; a plain `-` for a sign.
  public static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// From here on a number has more digits than anybody reads.
  private static var widest: Double { 1e15 }

  private static func exponential(_ value: Double, digits: Int) -> String {
    (value < 0 ? "−" : "") + printf("%.*e", Int32(digits - 1), abs(value))
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func printf(_ format: String, _ precision: Int32, _ value: Double) -> String {
    withVaList([precision, value]) { arguments in
      var text = [CChar](repeating: 0, count: 400)
      let length = vsnprintf(&text, text.count, format, arguments)
      return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

/// How parts are put together to a sentence.
package enum Sentence {
  /// `a`, `a and b`, `a, b and c`.
  package static func list(_ parts: [String]) -> String {
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension String {
  /// The text with its first letter in upper case.
  package var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
