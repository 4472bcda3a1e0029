/// A table whose cells have a value for machines and a text for people.
public struct TextTable: Sendable, Hashable {
  /// A column.
  public struct Column: Sendable, Hashable {
    /// The name for machines: `test_accuracy`.
    public let key: String
    /// The heading for people: `test accuracy`.
    public let title: String
    /// Whether cells are set to the right, as numbers are.
    public let isNumeric: Bool
    /// Whether only CSV and JSON hold it: the ends of intervals, and details that would make rows too wide to read.
    public let isForMachines: Bool

    /// A column.
    public init(_ key: String, _ title: String, isNumeric: Bool = true, isForMachines: Bool = false) {
      self.key = key
      self.title = title
      self.isNumeric = isNumeric
      self.isForMachines = isForMachines
    }
  }

  /// What a cell holds for machines.
  public enum Value: Sendable, Hashable {
    /// A number.
    case number(Double)
    /// A text.
    case text(String)
    /// Yes or no.
    case flag(Bool)
    /// Nothing.
    case missing
  }

  /// A cell.
  public struct Cell: Sendable, Hashable {
    /// What machines read.
    public let value: Value
    /// What people read.
    public let text: String

    /// A cell.
    public init(value: Value, text: String) {
      self.value = value
      self.text = text
    }

    /// A text, the same for both.
    public static func text(_ text: String) -> Cell { Cell(value: .text(text), text: text) }

    /// Yes or no; `true` or `false` for machines.
    public static func flag(_ isTrue: Bool) -> Cell { Cell(value: .flag(isTrue), text: isTrue ? "yes" : "no") }

    /// A whole number, grouped by thousands for people.
    public static func integer(_ value: Int) -> Cell {
      Cell(value: .number(Double(value)), text: NumberFormat.grouped(value))
    }

    /// A number and how people read it; a missing number is a missing cell.
    public static func number(_ value: Double?, _ format: (Double) -> String) -> Cell {
      guard let value, !value.isNaN else { return missing }
      return Cell(value: .number(value), text: format(value))
    }

    /// Nothing.
    public static var missing: Cell { Cell(value: .missing, text: NumberFormat.missing) }
  }

  /// The columns.
  public let columns: [Column]
  /// The rows; each has a cell for every column.
  public private(set) var rows: [[Cell]] = []

  /// A table without rows.
  public init(columns: [Column]) { self.columns = columns }

  /// A row for each fact: its name, and what it is.
  package static func facts(_ facts: [(name: String, value: String)]) -> TextTable {
    var table = TextTable(columns: [
      Column("what", "what", isNumeric: false), Column("value", "value", isNumeric: false),
    ])
    for (name, value) in facts { table.append([.text(name), .text(value)]) }
    return table
  }

  /// Adds a row.
  public mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row of \(row.count) cells does not fit \(columns.count) columns")
    rows.append(row)
  }

  /// The table without the columns that are for machines.
  package var forPeople: TextTable {
    let shown = columns.indices.filter { !columns[$0].isForMachines }
    var table = TextTable(columns: shown.map { columns[$0] })
    for row in rows { table.append(shown.map { row[$0] }) }
    return table
  }
}
