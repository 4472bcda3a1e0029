/// The question and the answer of a chart, in lines above a picture that stands alone.
struct ChartHeading {
  private let lines: [(name: String, text: String)]

  private static let lineHeight = 20.0
  /// About the width of a letter, in bold type for the answer; rather too much than too little.
  private static let (questionLetter, answerLetter) = (8.0, 9.0)

  /// Breaks the sentences into lines of at most `width`.
  init(_ chart: Chart, width: Double) {
    lines =
      Self.lines(chart.question, Int(width / Self.questionLetter)).map { ("asked", $0) }
      + Self.lines(chart.answer, Int(width / Self.answerLetter)).map { ("answered", $0) }
  }

  /// The height of all lines and of the room below them.
  var height: Double { lines.isEmpty ? 0 : Double(lines.count) * Self.lineHeight + 12 }

  /// Draws the lines from `top` down.
  func draw(from top: Double, into svg: inout SVG) {
    for (index, line) in lines.enumerated() {
      svg.element(
        "text", ["class": line.name, "x": "0", "y": SVG.number(top + Double(index) * Self.lineHeight + 14)],
        content: line.text)
    }
  }

  /// The text in lines of at most so many letters, broken at spaces; a longer word has a line of its own.
  static func lines(_ text: String, _ length: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= length {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
