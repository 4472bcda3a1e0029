/// Text of a vector picture, element by element.
struct SVG {
  private(set) var text = ""

  /// Adds an element; numbers are written to a tenth of a pixel.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>, content: String? = nil) {
    text += "<\(name)" + attributes.map { " \($0)=\"\(Self.escaped($1))\"" }.joined()
    text += content.map { ">\(Self.escaped($0))</\(name)>" } ?? "/>"
  }

  /// Opens an element that ``close(_:)`` ends.
  mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    text += "<\(name)" + attributes.map { " \($0)=\"\(Self.escaped($1))\"" }.joined() + ">"
  }

  /// Ends an element.
  mutating func close(_ name: String) { text += "</\(name)>" }

  /// Adds a line from one position to another.
  mutating func line(_ name: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
    element(
      "line",
      [
        "class": name, "x1": Self.number(x1), "y1": Self.number(y1), "x2": Self.number(x2), "y2": Self.number(y2),
      ])
  }

  /// A coordinate, to a tenth of a pixel.
  static func number(_ value: Double) -> String { NumberFormat.plain((value * 10).rounded() / 10) }

  /// Text in which nothing is taken for markup.
  ///
  /// By scalars: a quote with an accent behind it is one character to Swift, and ends an attribute all the same.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      // XML has no such characters, not even written as numbers.
      case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
