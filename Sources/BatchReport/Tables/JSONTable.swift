import BatchFoundation

/// An array of objects, one a row, with the columns' keys.
enum JSONTable {
  static func render(_ table: TextTable) -> String {
    let objects = table.rows.map { row in
      let members = zip(table.columns, row).map { column, cell in "\(JSONText.quoted(column.key)): \(value(cell))" }
      return "  {" + members.joined(separator: ", ") + "}"
    }
    return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
  }

  private static func value(_ cell: TextTable.Cell) -> String {
    switch cell.value {
    // JSON has no infinities.
    case .number(let number): number.isFinite ? NumberFormat.plain(number) : "null"
    case .text(let text): JSONText.quoted(text)
    case .missing: "null"
    }
  }
}

/// Text as JSON writes it.
enum JSONText {
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
