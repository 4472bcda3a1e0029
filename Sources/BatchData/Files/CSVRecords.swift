/// The records of a CSV text (RFC 4180): quoted fields may hold commas, line breaks and doubled quotes.
struct CSVRecords {
  /// One record and where it begins.
  struct Record {
    /// The number of the line on which the record begins, from 1.
    let line: Int
    /// The fields without their quotes.
    let fields: [String]
  }

  /// The records; blank lines are left out.
  let records: [Record]

  /// Splits the text.
  ///
  /// - Throws: ``DataError/malformedLine(path:line:reason:)`` for a quote that is never closed or stands within a field.
  init(_ bytes: [UInt8], path: String) throws(DataError) {
    var records: [Record] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var line = 1
    var recordLine = 1
    var quoted = false
    var wasQuoted = false
    // Spreadsheets put a byte order mark before the first field.
    var index = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    func endField() {
      fields.append(wasQuoted ? String(decoding: field, as: UTF8.self) : Self.trimmed(field))
      field.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    func endRecord() {
      endField()
      if fields != [""] { records.append(Record(line: recordLine, fields: fields)) }
      fields.removeAll(keepingCapacity: true)
    }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if quoted {
        if byte == UInt8(ascii: "\n") { line += 1 }
        if byte != UInt8(ascii: "\"") {
          field.append(byte)
        } else if index < bytes.count, bytes[index] == byte {
          field.append(byte)
          index += 1
        } else {
          quoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        guard Self.trimmed(field).isEmpty, !wasQuoted else {
          throw .malformedLine(path: path, line: line, reason: "a quote stands within a field; quote the whole field")
        }
        field.removeAll(keepingCapacity: true)
        quoted = true
        wasQuoted = true
      case UInt8(ascii: ","): endField()
      case UInt8(ascii: "\n"):
        endRecord()
        line += 1
        recordLine = line
      case UInt8(ascii: "\r") where index < bytes.count && bytes[index] == UInt8(ascii: "\n"): break
      default:
        guard !wasQuoted || byte == UInt8(ascii: " ") else {
          throw .malformedLine(path: path, line: line, reason: "text follows a closing quote; quote the whole field")
        }
        if !wasQuoted { field.append(byte) }
      }
    }
    guard !quoted else {
      throw .malformedLine(path: path, line: recordLine, reason: "a quote that opens here is never closed")
    }
    endRecord()
    self.records = records
  }

  private static func trimmed(_ bytes: [UInt8]) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    let end = (bytes.lastIndex { !isBlank($0) }).map { $0 + 1 } ?? start
    return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
  }
}
