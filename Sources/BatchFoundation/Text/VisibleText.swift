extension String {
  /// The text with an escape, as JSON writes it, in place of every character that a terminal or an editor would obey
  /// instead of showing it.
  ///
  /// Names of classes, files and folders come from outside. An escape sequence among them would colour, move or clear what
  /// stands there, a line break would begin a line that nobody wrote, and a change of direction would turn words round.
  package var visible: String {
    guard unicodeScalars.contains(where: \.isObeyed) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.isObeyed: result += "\\u" + String(zeroPadding: scalar.value, to: 4, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether it is obeyed and not shown: control characters, ends of lines and paragraphs, and changes of direction.
  fileprivate var isObeyed: Bool {
    switch value {
    case ..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
