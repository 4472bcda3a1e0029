/// Lines of comma-separated text (RFC 4180), as ``CSVTable`` and every spreadsheet read them.
package enum CSVLine {
  /// A line of the given fields, quoted where they hold a separator, a quote or a line end; it ends in LF.
  package static func text(_ fields: [String]) -> String {
    // A line of nothing would be taken for a blank one.
    if fields == [""] { return "\"\"\n" }
    return fields.map(quoted).joined(separator: ",") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
