import BatchFormats

extension CSVTable {
  /// What stands between the cells of a table.
  public enum Separator: String, Sendable, CaseIterable, Codable {
    /// Whichever of the three cuts the first rows into equally many cells; where several do, the one that gives the most
    /// numbers.
    case detect = "auto"
    /// A comma.
    case comma
    /// A semicolon, as in places where numbers have a decimal comma.
    case semicolon
    /// A tab.
    case tab

    /// The byte itself; that of a comma where it is still to be found.
    var byte: UInt8 {
      switch self {
      case .detect, .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: UInt8(ascii: "\t")
      }
    }

    /// As it stands in messages: `','`, and a tab in words.
    var text: String { self == .tab ? "a tab" : "'\(Character(Unicode.Scalar(byte)))'" }

    /// How many rows are looked at.
    private static var sampleSize: Int { 50 }

    /// The separator of a text.
    static func detected(in bytes: [UInt8], path: String) -> Separator {
      var best = (separator: Separator.comma, numbers: -1.0)
      var widest = (separator: Separator.comma, columns: 1)
      for separator in [Separator.comma, .semicolon, .tab] {
        // A wrong one may leave quotes that make no sense.
        guard let records = try? CSVRecords(bytes, path: path, separator: separator.byte, upTo: sampleSize),
          records.count > 0
        else { continue }
        let columns = records.fieldCount(0)
        if columns > widest.columns { widest = (separator, columns) }
        guard columns > 1, (1..<records.count).allSatisfy({ records.fieldCount($0) == columns }) else { continue }
        let numbers = shareOfNumbers(records, allowingCommas: separator != .comma)
        if numbers > best.numbers { best = (separator, numbers) }
      }
      // Where rows differ in length under all of them, the one that was meant has the most cells.
      return best.numbers >= 0 ? best.separator : widest.separator
    }

    private static func shareOfNumbers(_ records: CSVRecords, allowingCommas: Bool) -> Double {
      var (numbers, cells) = (0, 0)
      for record in 0..<records.count {
        for column in 0..<records.fieldCount(record) {
          cells += 1
          if records.number(record, column) != nil || allowingCommas && records.hasDecimalComma(record, column) {
            numbers += 1
          }
        }
      }
      return Double(numbers) / Double(cells)
    }
  }
}
