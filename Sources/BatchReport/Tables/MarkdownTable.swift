/// A table in GitHub's Markdown.
enum MarkdownTable {
  static func render(_ table: TextTable) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.map(escaped).joined(separator: " | ") + " |\n" }
    let rule = "|" + table.columns.map { $0.isNumeric ? " ---: |" : " --- |" }.joined() + "\n"
    return line(table.columns.map(\.title)) + rule + table.rows.map { line($0.map(\.text)) }.joined()
  }

  private static func escaped(_ text: String) -> String {
    text.map { $0 == "|" ? "\\|" : $0 == "\n" ? " " : String($0) }.joined()
  }
}
