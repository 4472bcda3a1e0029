import BatchFormats
import BatchFoundation

extension TextTable {
  /// The table in a format, ending with a line break.
  public func rendered(as format: TableFormat) -> String {
    switch format {
    case .table: forPeople.alignedText
    case .json: json
    case .csv: csv
    case .markdown: forPeople.markdown
    }
  }

  /// Columns aligned by spaces, under a ruled heading.
  private var alignedText: String {
    let texts = rows.map { $0.map(\.text.visible) }
    let widths = columns.indices.map { column in
      ([columns[column].title] + texts.map { $0[column] }).map(\.count).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, text in
        let gap = String(repeating: " ", count: widths[column] - text.count)
        return columns[column].isNumeric ? gap + text : text + gap
      }
      let joined = padded.joined(separator: "  ")
      return String(joined.reversed().drop { $0 == " " }.reversed()) + "\n"
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──") + "\n"
    return line(columns.map(\.title)) + rule + texts.map(line).joined()
  }

  /// A table in GitHub's Markdown.
  private var markdown: String {
    func escaped(_ text: String) -> String {
      var result = String.UnicodeScalarView()
      for scalar in text.visible.unicodeScalars {
        switch scalar {
        case "|", "\\": result.append(contentsOf: ["\\", scalar])
        // Markdown takes HTML as it is.
        case "<": result.append(contentsOf: "&lt;".unicodeScalars)
        default: result.append(scalar)
        }
      }
      return String(result)
    }
    func line(_ cells: [String]) -> String { "| " + cells.map(escaped).joined(separator: " | ") + " |\n" }
    let rule = "|" + columns.map { $0.isNumeric ? " ---: |" : " --- |" }.joined() + "\n"
    return line(columns.map(\.title)) + rule + rows.map { line($0.map(\.text)) }.joined()
  }

  /// Comma-separated values (RFC 4180) with the columns' keys as the header and full precision.
  ///
  /// Texts are as they are, also where a spreadsheet takes one that begins with = for a formula: a sign before it would
  /// change the name for every program that reads the file.
  private var csv: String { CSVLine.text(columns.map(\.key)) + csvRows }

  /// The rows as they stand in a CSV file, without the header: what is added to a file of earlier rows.
  public var csvRows: String {
    func field(_ cell: Cell) -> String {
      switch cell.value {
      case .number(let number): NumberFormat.plain(number)
      case .text(let text): text
      case .flag(let isTrue): "\(isTrue)"
      case .missing: ""
      }
    }
    return rows.map { CSVLine.text($0.map(field)) }.joined()
  }

  /// An array of objects, one a row, with the columns' keys.
  var json: String {
    func value(_ cell: Cell) -> String {
      switch cell.value {
      // JSON has no infinities.
      case .number(let number): number.isFinite ? NumberFormat.plain(number) : "null"
      case .text(let text): JSONText.quoted(text)
      case .flag(let isTrue): "\(isTrue)"
      case .missing: "null"
      }
    }
    let objects = rows.map { row in
      let members = zip(columns, row).map { column, cell in "\(JSONText.quoted(column.key)): \(value(cell))" }
      return "  {" + members.joined(separator: ", ") + "}"
    }
    return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
  }
}

/// How a table is written.
public enum TableFormat: String, Sendable, Hashable, CaseIterable {
  /// Aligned columns for a terminal.
  case table
  /// An array of objects with the values.
  case json
  /// Comma-separated values (RFC 4180).
  case csv
  /// A table in Markdown.
  case markdown
}
