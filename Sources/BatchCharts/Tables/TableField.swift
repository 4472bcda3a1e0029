/// A column of a table, and the cell that it has for each thing that a row is about.
package struct TableField<Subject> {
  package let column: TextTable.Column
  package let cell: (Subject) -> TextTable.Cell

  /// A column of any cells.
  package init(
    _ key: String, _ title: String, isNumeric: Bool = true, isForMachines: Bool = false,
    cell: @escaping (Subject) -> TextTable.Cell
  ) {
    column = TextTable.Column(key, title, isNumeric: isNumeric, isForMachines: isForMachines)
    self.cell = cell
  }

  /// A column with the key and the title of another table's.
  package init(_ column: TextTable.Column, cell: @escaping (Subject) -> TextTable.Cell) {
    self.column = column
    self.cell = cell
  }

  /// A column of texts; a missing text is a missing cell.
  package static func text(
    _ key: String, _ title: String, isForMachines: Bool = false, _ value: @escaping (Subject) -> String?
  ) -> TableField {
    TableField(key, title, isNumeric: false, isForMachines: isForMachines) { value($0).map { .text($0) } ?? .missing }
  }

  /// A column of whole numbers.
  package static func integer(_ key: String, _ title: String, _ value: @escaping (Subject) -> Int) -> TableField {
    TableField(key, title) { .integer(value($0)) }
  }

  /// A column of numbers and of how people read them.
  package static func number(
    _ key: String, _ title: String, _ value: @escaping (Subject) -> Double?, as format: @escaping (Double) -> String
  ) -> TableField {
    TableField(key, title) { .number(value($0), format) }
  }

  /// A column of numbers that only machines read.
  package static func machine(_ key: String, _ value: @escaping (Subject) -> Double?) -> TableField {
    TableField(key, key, isForMachines: true) { .number(value($0), NumberFormat.plain) }
  }

  /// The two columns of an interval's ends, for machines.
  package static func ends(_ key: String, _ interval: @escaping (Subject) -> ClosedRange<Double>?) -> [TableField] {
    [machine("\(key)_low") { interval($0)?.lowerBound }, machine("\(key)_high") { interval($0)?.upperBound }]
  }
}

extension TextTable {
  /// A table with a row for each subject.
  package init<Subject>(_ subjects: [Subject], fields: [TableField<Subject>]) {
    self.init(columns: fields.map(\.column))
    for subject in subjects { append(fields.map { $0.cell(subject) }) }
  }
}
