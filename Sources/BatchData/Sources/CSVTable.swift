import BatchAlgebra
public import BatchFormats

/// A table of comma-separated text, read as features and one column of labels.
///
/// - Separator: the comma; give another to ``init(path:header:separator:)``.
/// - Header: by default the first record is one when none of its cells is a number.
/// - Labels: text becomes classes, in alphabetical order; whole numbers with at most 20 different values, each twice on
///   average, become classes in numerical order; other numbers become values to predict.
public struct CSVTable {
  /// Whether the first record names the columns.
  public enum Header: String, Sendable, CaseIterable {
    /// It does when none of its cells is a number.
    case detect
    /// It does.
    case present
    /// It does not.
    case absent
  }

  /// The file the table was read from.
  public let path: String
  /// The names of the columns; their numbers, counted from 0, where there is no header.
  public let columnNames: [String]
  /// Whether the first record names the columns.
  public let hasHeader: Bool

  /// The most different whole numbers that are still taken for classes.
  public static let largestNumericClassCount = 20

  private let records: CSVRecords
  private let firstRow: Int

  /// Reads a table, .gz or plain.
  ///
  /// - Throws: `DataError` when the file cannot be read, is empty, has records of different length, or is quoted
  ///   wrongly; with the line where it is wrong.
  public init(path: String, header: Header = .detect, separator: Character = ",") throws(DataError) {
    guard let separatorByte = separator.asciiValue else {
      throw DataError(
        .invalidArgument, "the separator '\(separator)' is not an ASCII character", hint: "use , ; or a tab")
    }
    let records = try CSVRecords(
      ByteSource(path: path).read(upTo: Int.max), path: path, separator: separatorByte)
    guard records.count > 0 else {
      throw DataError(.malformed, path: path, "the file is empty", hint: "give a table with at least one row")
    }
    let columns = records.fieldCount(0)
    for record in 1..<max(records.count, 1) where records.fieldCount(record) != columns {
      throw DataError(
        .malformed, path: path, line: records.lines[record],
        "the row has \(records.fieldCount(record)) cells, but the first has \(columns)",
        hint: "give every row the same number of cells, and quote cells that hold a separator")
    }
    guard columns >= 2 else {
      throw DataError(
        .malformed, path: path, line: records.lines[0],
        "there is only 1 column, but at least one feature and a label are needed",
        hint: "separate the columns by '\(separator)', or name another separator")
    }
    let hasHeader =
      switch header {
      case .present: true
      case .absent: false
      case .detect: (0..<columns).allSatisfy { records.number(0, $0) == nil }
      }
    guard records.count > (hasHeader ? 1 : 0) else {
      throw DataError(
        .malformed, path: path, "there is a header but no row of data", hint: "give a table with at least one row")
    }
    self.path = path
    self.records = records
    self.hasHeader = hasHeader
    firstRow = hasHeader ? 1 : 0
    columnNames = (0..<columns).map { hasHeader ? records.string(0, $0) : String($0) }
  }

  /// The number of rows of data.
  public var rowCount: Int { records.count - firstRow }

  /// Takes one column as the labels and all others as features.
  ///
  /// - Parameters:
  ///   - name: What the data set is to be called.
  ///   - label: The label column's name or its number, counted from 0, or from the end when negative; nil for the last.
  /// - Returns: One example a row, its features in the order of the columns.
  /// - Throws: `DataError` when there is no such column, or a cell is not a finite number; with its line.
  public func dataset(name: String, label: String? = nil) throws(DataError) -> Dataset {
    let labelColumn = try index(ofColumn: label)
    let featureColumns = columnNames.indices.filter { $0 != labelColumn }
    var features = try Matrix<Float>(rows: rowCount, columns: featureColumns.count, for: name)
    try features.withMutableView { (view) throws(DataError) in
      for row in 0..<rowCount {
        let target = view.row(row)
        for (j, column) in featureColumns.enumerated() {
          target[j] = try Float(finiteNumber(row, column))
          // A Double may be finite and its Float not.
          if !target[j].isFinite { throw cellError(row, column, "lies beyond the range of 32-bit numbers") }
        }
      }
    }
    let targets = try targets(inColumn: labelColumn, name: name)
    return try Dataset(name: name, features: features, targets: targets)
  }

  private func index(ofColumn label: String?) throws(DataError) -> Int {
    guard let label else { return columnNames.count - 1 }
    if hasHeader, let column = columnNames.firstIndex(of: label) { return column }
    if let number = Int(label) {
      let column = number < 0 ? columnNames.count + number : number
      if columnNames.indices.contains(column) { return column }
    }
    let names =
      hasHeader ? "its columns are " + columnNames.joined(separator: ", ") : "it has no header to find names in"
    throw DataError(
      .unknownName, path: path, "there is no column '\(label)'; \(names)",
      hint: "name one of them, or give a number from 0 to \(columnNames.count - 1)")
  }

  private func targets(inColumn column: Int, name: String) throws(DataError) -> Targets {
    var numbers: [Double] = []
    for row in 0..<rowCount {
      if records.string(firstRow + row, column).isEmpty { throw cellError(row, column, "is empty") }
      if let number = records.number(firstRow + row, column) { numbers.append(number) }
    }
    // Mostly numbers: a word among them is a mistake to be shown, not a reason to make every number a class.
    guard numbers.count * 2 > rowCount else { return try textClasses(column) }
    numbers = []
    for row in 0..<rowCount { numbers.append(try finiteNumber(row, column)) }
    if let classes = try numericClasses(numbers, column) { return classes }
    var values = try Matrix<Float>(rows: rowCount, columns: 1, for: name)
    for (row, number) in numbers.enumerated() {
      values[row, 0] = Float(number)
      if !values[row, 0].isFinite { throw cellError(row, column, "lies beyond the range of 32-bit numbers") }
    }
    return .values(values)
  }

  private func textClasses(_ column: Int) throws(DataError) -> Targets {
    let labels = (0..<rowCount).map { records.string(firstRow + $0, column) }
    let names = Set(labels).sorted()
    try requireSeveralClasses(names, column)
    let indices = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return .classes(labels: labels.compactMap { indices[$0] }, names: names)
  }

  private func numericClasses(_ numbers: [Double], _ column: Int) throws(DataError) -> Targets? {
    guard numbers.allSatisfy({ $0 == $0.rounded() && $0.magnitude < 1e9 }) else { return nil }
    let distinct = Set(numbers).sorted()
    guard distinct.count <= Self.largestNumericClassCount, distinct.count * 2 <= numbers.count else { return nil }
    let names = distinct.map { String(Int($0)) }
    try requireSeveralClasses(names, column)
    let indices = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
    return .classes(labels: numbers.compactMap { indices[$0] }, names: names)
  }

  private func requireSeveralClasses(_ names: [String], _ column: Int) throws(DataError) {
    guard names.count < 2 else { return }
    throw DataError(
      .inconsistent, path: path, "every row has the label '\(names.joined())' in column '\(columnNames[column])'",
      hint: "name the column that holds the labels")
  }

  private func finiteNumber(_ row: Int, _ column: Int) throws(DataError) -> Double {
    guard let number = records.number(firstRow + row, column) else {
      let isEmpty = records.string(firstRow + row, column).isEmpty
      throw cellError(row, column, isEmpty ? "is empty" : "is not a number")
    }
    guard number.isFinite else { throw cellError(row, column, "is not a finite number") }
    return number
  }

  private func cellError(_ row: Int, _ column: Int, _ problem: String) -> DataError {
    let text = records.string(firstRow + row, column)
    return DataError(
      .malformed, path: path, line: records.lines[firstRow + row],
      "the cell\(text.isEmpty ? "" : " '\(text)'") in column '\(columnNames[column])' \(problem)",
      hint: "write a number there, or leave the row out")
  }
}
