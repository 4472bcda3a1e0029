/// Columns aligned by spaces, under a ruled heading.
enum TerminalTable {
  static func render(_ table: TextTable) -> String {
    let texts = table.rows.map { $0.map(\.text) }
    let widths = table.columns.indices.map { column in
      ([table.columns[column].title] + texts.map { $0[column] }).map(\.count).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, text in
        let gap = String(repeating: " ", count: widths[column] - text.count)
        return table.columns[column].isNumeric ? gap + text : text + gap
      }
      let joined = padded.joined(separator: "  ")
      return String(joined.reversed().drop { $0 == " " }.reversed()) + "\n"
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──") + "\n"
    return line(table.columns.map(\.title)) + rule + texts.map(line).joined()
  }
}
