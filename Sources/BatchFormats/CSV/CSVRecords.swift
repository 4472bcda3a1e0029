import Glibc

/// The records and fields of comma-separated text (RFC 4180): text without meaning yet.
///
/// Fields may be quoted; a quoted field may hold separators, line ends and, doubled, quotes. Lines may end in LF, CRLF
/// or CR, blank lines are skipped, and a byte-order mark at the beginning is ignored.
package struct CSVRecords {
  /// The unquoted text of all fields, each followed by a zero byte, so that `strtod` can read it in place.
  package private(set) var text: [UInt8] = []
  /// Where each field ends in `text`; the zero byte stands there.
  private var fieldEnds: [Int] = []
  /// How many fields there are up to the end of each record.
  private var recordEnds: [Int] = []
  /// The line, counted from 1, on which each record begins.
  package private(set) var lines: [Int] = []

  /// The number of records.
  package var count: Int { recordEnds.count }

  /// The number of fields of a record.
  package func fieldCount(_ record: Int) -> Int { recordEnds[record] - firstField(record) }

  /// Where the text of a field lies.
  package func range(_ record: Int, _ column: Int) -> Range<Int> {
    let field = firstField(record) + column
    return (field == 0 ? 0 : fieldEnds[field - 1] + 1)..<fieldEnds[field]
  }

  /// The text of a field, without blanks around it.
  package func string(_ record: Int, _ column: Int) -> String {
    let bytes = text[range(record, column)]
    let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    guard let first = bytes.firstIndex(where: { !blanks.contains($0) }),
      let last = bytes.lastIndex(where: { !blanks.contains($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  /// The number a cell holds, blanks around it allowed; nil when it holds anything else.
  package func number(_ record: Int, _ column: Int) -> Double? {
    let range = range(record, column)
    return text.withUnsafeBytes { bytes -> Double? in
      guard let base = bytes.baseAddress, !range.isEmpty else { return nil }
      return Self.number(base + range.lowerBound, count: range.count)
    }
  }

  /// Whether a cell is a number but for a comma in place of its point: `-0,5`, `1,5e-3`.
  package func hasDecimalComma(_ record: Int, _ column: Int) -> Bool {
    var cell = text[range(record, column)]
    guard let comma = cell.firstIndex(of: UInt8(ascii: ",")), !cell.contains(UInt8(ascii: ".")) else { return false }
    cell[comma] = UInt8(ascii: ".")
    // Of words that `strtod` knows, as nan(1), there are none with a comma; letters are those of an exponent.
    let isPlain = cell.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || Self.numberSigns.contains($0)
    }
    guard isPlain else { return false }
    return (Array(cell) + [0]).withUnsafeBytes { Self.number($0.baseAddress!, count: cell.count) } != nil
  }

  /// Gives the cells of ``hasDecimalComma(_:_:)`` a point.
  package mutating func replaceDecimalCommas() {
    for record in 0..<count {
      for column in 0..<fieldCount(record) where hasDecimalComma(record, column) {
        let range = range(record, column)
        for index in range where text[index] == UInt8(ascii: ",") { text[index] = UInt8(ascii: ".") }
      }
    }
  }

  private static let numberSigns = Set("+-.eE \t".utf8)

  private static func number(_ base: UnsafeRawPointer, count: Int) -> Double? {
    let start = base.assumingMemoryBound(to: CChar.self)
    var end: UnsafeMutablePointer<CChar>?
    // A zero byte ends every cell, so this cannot run into the next.
    let number = strtod(start, &end)
    guard var end, UnsafePointer(end) > start else { return nil }
    while end.pointee == CChar(ascii: " ") || end.pointee == CChar(ascii: "\t") { end += 1 }
    return UnsafePointer(end) == start + count ? number : nil
  }

  private func firstField(_ record: Int) -> Int { record == 0 ? 0 : recordEnds[record - 1] }

  /// Cuts text into records and fields, or only its first so many records.
  ///
  /// - Throws: ``DataError`` for a quote that is never closed, or text after a closing quote.
  package init(
    _ bytes: [UInt8], path: String, separator: UInt8, upTo limit: Int = .max
  ) throws(DataError) {
    if limit == .max { text.reserveCapacity(bytes.count + bytes.count / 8) }
    var scanner = CSVScanner(bytes: bytes, separator: separator)
    while recordEnds.count < limit, let line = scanner.startRecord() {
      lines.append(line)
      var ended = false
      while !ended {
        do {
          ended = try scanner.scanField(into: &text)
        } catch {
          throw DataError(.malformed, path: path, line: error.line, error.problem, hint: error.hint)
        }
        fieldEnds.append(text.count)
        text.append(0)
      }
      recordEnds.append(fieldEnds.count)
    }
  }
}

extension CChar {
  fileprivate init(ascii scalar: Unicode.Scalar) { self = CChar(UInt8(ascii: scalar)) }
}

/// What is wrong with the quoting of a field.
private struct QuoteError: Error {
  var line: Int
  var problem: String
  var hint: String
}

/// Walks through comma-separated text, field by field.
private struct CSVScanner {
  let bytes: [UInt8]
  let separator: UInt8
  private var position: Int
  private var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(bytes: [UInt8], separator: UInt8) {
    self.bytes = bytes
    self.separator = separator
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Skips blank lines; the line on which the next record begins, or nil at the end.
  mutating func startRecord() -> Int? {
    while position < bytes.count, isLineEnd(bytes[position]) { skipLineEnd() }
    return position < bytes.count ? line : nil
  }

  /// Appends the text of the next field; true when it was the last of its record.
  mutating func scanField(into text: inout [UInt8]) throws(QuoteError) -> Bool {
    if position < bytes.count, bytes[position] == Self.quote {
      try scanQuoted(into: &text)
    } else {
      while position < bytes.count, bytes[position] != separator, !isLineEnd(bytes[position]) {
        text.append(bytes[position])
        position += 1
      }
    }
    guard position < bytes.count else { return true }
    if bytes[position] == separator {
      position += 1
      return false
    }
    skipLineEnd()
    return true
  }

  private mutating func scanQuoted(into text: inout [UInt8]) throws(QuoteError) {
    let openingLine = line
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      if byte == Self.quote {
        guard position + 1 < bytes.count, bytes[position + 1] == Self.quote else { break }
        position += 1
      } else if byte == Self.lineFeed {
        line += 1
      }
      text.append(byte)
      position += 1
    }
    guard position < bytes.count else {
      throw QuoteError(
        line: openingLine, problem: "a quoted cell that begins here is never closed", hint: "add the closing quote")
    }
    position += 1
    guard position == bytes.count || bytes[position] == separator || isLineEnd(bytes[position]) else {
      throw QuoteError(
        line: line, problem: "text follows the closing quote of a cell",
        hint: "double every quote inside a quoted cell")
    }
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

  private mutating func skipLineEnd() {
    let isPair =
      bytes[position] == Self.carriageReturn && position + 1 < bytes.count && bytes[position + 1] == Self.lineFeed
    position += isPair ? 2 : 1
    line += 1
  }
}

/// Lines of comma-separated text (RFC 4180), as every spreadsheet reads them.
package enum CSVLine {
  /// A line of the given fields, quoted where they hold a separator, a quote or a line end; it ends in LF.
  package static func text(_ fields: [String]) -> String {
    // A line of nothing would be taken for a blank one.
    if fields == [""] { return "\"\"\n" }
    return fields.map(quoted).joined(separator: ",") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return field }
    // By scalars: a quote with an accent behind it is one character to Swift, and ends the cell all the same.
    var result = "\"".unicodeScalars
    for scalar in field.unicodeScalars { result.append(contentsOf: scalar == "\"" ? [scalar, scalar] : [scalar]) }
    result.append("\"")
    return String(result)
  }
}
