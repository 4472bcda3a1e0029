import BatchFormats

extension ContactSheet {
  /// How pictures are drawn with characters.
  public enum TerminalStyle: String, Sendable, CaseIterable {
    /// Half blocks in 24 greys, two pixels a character, with ANSI colour codes.
    case halfBlocks
    /// Five shades of block characters and no colour codes, for files and for NO_COLOR.
    case shades
  }

  /// The sheet as lines of text: a heading and a row of pictures for each class.
  ///
  /// Pictures wider than 20 pixels are made smaller by a whole factor, and only as many are shown as fit.
  ///
  /// - Parameters:
  ///   - columns: The width of the terminal in characters.
  ///   - style: How pictures are drawn.
  /// - Returns: Lines ended by line feeds.
  public func terminalText(columns: Int = 80, style: TerminalStyle = .halfBlocks) -> String {
    var text = ""
    for strip in strips {
      text += strip.name + "\n"
      let factor = (strip.pictures[0].width + 19) / 20
      let pictures = strip.pictures.map { $0.reduced(by: factor) }
      let fitting = max(1, (columns + 1) / (pictures[0].width + 1))
      let shown = pictures.prefix(fitting)
      for y in stride(from: 0, to: pictures[0].height, by: 2) {
        text += shown.map { $0.terminalLine(y, style) }.joined(separator: " ") + "\n"
      }
    }
    return text
  }
}

extension GreyImage {
  /// Rows y and y + 1 as one line of characters.
  fileprivate func terminalLine(_ y: Int, _ style: ContactSheet.TerminalStyle) -> String {
    var line = ""
    switch style {
    case .halfBlocks:
      for x in 0..<width {
        let lower = y + 1 < height ? self[x, y + 1] : 0
        line += "\u{1B}[38;5;\(Self.ansiGrey(self[x, y]));48;5;\(Self.ansiGrey(lower))m▀"
      }
      line += "\u{1B}[0m"
    case .shades:
      let blocks: [Character] = [" ", "░", "▒", "▓", "█"]
      for x in 0..<width {
        let lower = y + 1 < height ? self[x, y + 1] : 0
        let shade = (Int(self[x, y]) + Int(lower)) / 2
        line.append(blocks[(shade * (blocks.count - 1) + 127) / 255])
      }
    }
    return line
  }

  /// The nearest of the 24 greys that begin at 232 in the 256-colour palette.
  private static func ansiGrey(_ shade: UInt8) -> Int { 232 + (Int(shade) * 23 + 127) / 255 }
}
