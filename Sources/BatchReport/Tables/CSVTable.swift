/// Comma-separated values (RFC 4180) with the columns' keys as the header and full precision.
enum CSVTable {
  static func render(_ table: TextTable) -> String {
    func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }
    return line(table.columns.map(\.key)) + table.rows.map { line($0.map(field)) }.joined()
  }

  private static func field(_ cell: TextTable.Cell) -> String {
    switch cell.value {
    case .number(let number): NumberFormat.plain(number)
    case .text(let text): text
    case .missing: ""
    }
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\n\r".contains($0) || $0 == "\r\n" }) else { return field }
    return "\"" + field.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }
}
