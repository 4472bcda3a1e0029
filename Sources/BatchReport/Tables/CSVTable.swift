import BatchFormats

/// Comma-separated values (RFC 4180) with the columns' keys as the header and full precision.
enum CSVTable {
  static func render(_ table: TextTable) -> String {
    CSVLine.text(table.columns.map(\.key)) + table.rows.map { CSVLine.text($0.map(field)) }.joined()
  }

  private static func field(_ cell: TextTable.Cell) -> String {
    switch cell.value {
    case .number(let number): NumberFormat.plain(number)
    case .text(let text): text
    case .missing: ""
    }
  }
}
