/// Pieces of JSON text (RFC 8259).
package enum JSONText {
  /// A string in double quotes.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // The latter JSON would allow, and terminals obey.
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}":
        result += "\\u" + String(zeroPadding: scalar.value, to: 4, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Whether characters are a number: `-?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?`.
  package static func isNumber(_ characters: ArraySlice<UInt8>) -> Bool {
    var rest = characters
    func digits() -> Int {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    func skip(_ allowed: String) -> Bool {
      guard let byte = rest.first, allowed.utf8.contains(byte) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = skip("-")
    let leadsWithZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole == 1 || (whole > 1 && !leadsWithZero) else { return false }
    if skip("."), digits() == 0 { return false }
    if skip("eE") {
      _ = skip("+-")
      if digits() == 0 { return false }
    }
    return rest.isEmpty
  }
}

extension String {
  /// A number with zeros before it where it has fewer digits, so that names in alphabetical order are in its order.
  package init(zeroPadding number: some BinaryInteger, to digitCount: Int, radix: Int = 10) {
    let digits = String(number, radix: radix)
    self = String(repeating: "0", count: Swift.max(0, digitCount - digits.count)) + digits
  }
}
