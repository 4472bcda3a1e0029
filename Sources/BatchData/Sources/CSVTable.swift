import BatchAlgebra
public import BatchFormats
import BatchFoundation

/// A table of comma-separated text, read as features and one column of labels.
///
/// - Encoding: UTF-8, with a byte-order mark or without; anything else is refused with its line.
/// - Separator: a comma, a semicolon or a tab, found out from the first rows unless it is given.
/// - Numbers: with a decimal point. Between semicolons or tabs all of them may have a decimal comma instead.
/// - Header: found out, see ``Header/detect``, unless it is given.
/// - Labels: text becomes classes, in alphabetical order; whole numbers with at most 20 different values, each twice on
///   average, become classes in numerical order; other numbers become values to predict. ``PredictionTask`` overrules it.
/// - Missing values: an empty cell, `NA`, `NaN` and the like are refused with line and column, as labels, too.
public struct CSVTable {
  /// The file the table was read from.
  public let path: String
  /// The names of the columns; their numbers, counted from 0, where there is no header.
  public let columnNames: [String]
  /// Whether the first record names the columns.
  public let hasHeader: Bool
  /// What was found out of the file and could be meant otherwise.
  public let notes: [DataNote]

  /// The most different whole numbers that are still taken for classes.
  public static let largestNumericClassCount = 20

  private let records: CSVRecords
  private let firstRow: Int

  /// Reads a table, .gz or plain.
  ///
  /// - Throws: `DataError` when the file cannot be read, is not UTF-8, is empty, has records of different length, is
  ///   quoted wrongly, or mixes decimal commas and points; with the line where it is wrong.
  public init(path: String, header: Header = .detect, separator: Separator = .detect) throws(DataError) {
    let bytes = try ByteSource(path: path).read(upTo: Int.max)
    try TextEncoding.requireUTF8(bytes, path: path)
    let separator = separator == .detect ? Separator.detected(in: bytes, path: path) : separator
    var records = try CSVRecords(bytes, path: path, separator: separator.byte)
    try Self.requireRectangle(records, path: path, separator)
    var notes: [DataNote] = []
    if separator != .comma, let example = try Self.decimalComma(in: records, path: path) {
      records.replaceDecimalCommas()
      notes.append(DataNote("The comma of numbers such as '\(example)' is read as a decimal point."))
    }
    let first =
      switch header {
      case .present: FirstRecord(isHeader: true, isCertain: true)
      case .absent: FirstRecord(isHeader: false, isCertain: true)
      case .detect: Self.firstRecord(of: records)
      }
    guard records.count > (first.isHeader ? 1 : 0) else {
      throw DataError(
        .malformed, path: path, "there is a header but no row of data", hint: "give a table with at least one row")
    }
    if !first.isCertain {
      notes.append(
        DataNote(
          "Line \(records.lines[0]) (\(Self.beginning(of: records))) is taken for "
            + (first.isHeader ? "the names of the columns." : "an example: the table has no header."),
          settings: [.header]))
    }
    self.path = path
    self.records = records
    self.notes = notes
    hasHeader = first.isHeader
    firstRow = first.isHeader ? 1 : 0
    columnNames = (0..<records.fieldCount(0)).map { first.isHeader ? records.string(0, $0) : String($0) }
  }

  /// Refuses what is no table of at least two columns.
  private static func requireRectangle(
    _ records: CSVRecords, path: String, _ separator: Separator
  ) throws(DataError) {
    guard records.count > 0 else {
      throw DataError(.malformed, path: path, "the file is empty", hint: "give a table with at least one row")
    }
    let columns = records.fieldCount(0)
    for record in 1..<max(records.count, 1) where records.fieldCount(record) != columns {
      let count = records.fieldCount(record)
      let endsInSeparator = count == columns + 1 && records.string(record, columns).isEmpty
      throw DataError(
        .malformed, path: path, line: records.lines[record],
        "the row has \(count) cells, but the first has \(columns)"
          + (endsInSeparator ? ": it ends in a separator, behind which there is an empty cell" : ""),
        hint: endsInSeparator
          ? "remove the separator at the ends of lines"
          : "give every row the same number of cells, and quote cells that hold a separator")
    }
    guard columns >= 2 else {
      throw DataError(
        .malformed, path: path, line: records.lines[0],
        "there is only 1 column, but at least one feature and a label are needed",
        hint: "separate the columns by \(separator.text), or name another separator", settings: [.separator])
    }
    guard !(0..<records.count).allSatisfy({ records.string($0, columns - 1).isEmpty }) else {
      throw DataError(
        .malformed, path: path, line: records.lines[0],
        "every line ends in a separator, behind which there is an empty column",
        hint: "remove the separator at the ends of lines")
    }
  }

  /// A number with a decimal comma, where all numbers that are not whole have one; nil where none has.
  private static func decimalComma(in records: CSVRecords, path: String) throws(DataError) -> String? {
    guard records.text.contains(UInt8(ascii: ",")) else { return nil }
    var comma: (record: Int, column: Int)?
    var point: String?
    for record in 0..<records.count {
      for column in 0..<records.fieldCount(record) {
        if comma == nil, records.hasDecimalComma(record, column) { comma = (record, column) }
        if point == nil, records.text[records.range(record, column)].contains(UInt8(ascii: ".")),
          records.number(record, column) != nil
        {
          point = records.string(record, column)
        }
      }
    }
    guard let comma else { return nil }
    let text = records.string(comma.record, comma.column)
    guard let point else { return text }
    throw DataError(
      .malformed, path: path, line: records.lines[comma.record],
      "the cell '\(text)' has a comma, and '\(point)' elsewhere a point: it is not clear which is the decimal mark",
      hint: "write all numbers with a decimal point, and nothing between thousands")
  }

  /// The first cells of the first record, and its last.
  private static func beginning(of records: CSVRecords) -> String {
    let columns = records.fieldCount(0)
    let shown = columns > 5 ? [0, 1, 2] : Array(0..<columns)
    let cells = shown.map { records.string(0, $0) } + (columns > 5 ? ["…", records.string(0, columns - 1)] : [])
    return cells.joined(separator: ", ")
  }

  /// The number of rows of data.
  public var rowCount: Int { records.count - firstRow }

  /// Takes one column as the labels and all others as features.
  ///
  /// - Parameters:
  ///   - name: What the data set is to be called.
  ///   - label: The label column's name or its number, counted from 0, or from the end when negative; nil for the last.
  ///   - task: Whether the labels are classes or values.
  /// - Returns: One example a row, its features in the order of the columns.
  /// - Throws: `DataError` when there is no such column, or a cell is not a finite number; with its line.
  public func dataset(
    name: String, label: String? = nil, task: PredictionTask = .detect
  ) throws(DataError) -> Dataset {
    try read(name: name, label: label, task: task, centres: false).dataset
  }

  /// The same, with what was found out of the table; features that 32 bits would make coarse are read less the centre of
  /// their column where that is asked for.
  func read(
    name: String, label: String?, task: PredictionTask, centres: Bool
  ) throws(DataError) -> (dataset: Dataset, notes: [DataNote]) {
    let labelColumn = try index(ofColumn: label)
    let featureColumns = columnNames.indices.filter { $0 != labelColumn }
    var features = try Matrix<Float>(rows: rowCount, columns: featureColumns.count, for: name)
    var ranges = FeatureRanges(count: featureColumns.count)
    try features.withMutableView { (view) throws(DataError) in
      for row in 0..<rowCount {
        let target = view.row(row)
        for (j, column) in featureColumns.enumerated() {
          let number = try finiteNumber(row, column)
          ranges.take(number, feature: j)
          target[j] = Float(number)
          // A Double may be finite and its Float not.
          if !target[j].isFinite { throw cellError(row, column, "lies beyond the range of 32-bit numbers") }
        }
      }
    }
    let offsets = centres ? ranges.offsets : nil
    if let offsets {
      try features.withMutableView { (view) throws(DataError) in
        for (j, column) in featureColumns.enumerated() where offsets[j] != 0 {
          for row in 0..<rowCount { view[row, j] = Float(try finiteNumber(row, column) - offsets[j]) }
        }
      }
    }
    let targets = try targets(inColumn: labelColumn, name: name, task)
    var dataset = try Dataset(name: name, features: features, targets: targets)
    dataset.offsets = offsets
    return (dataset, notes + targetNotes(targets, labelColumn, task))
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

  private func targets(inColumn column: Int, name: String, _ task: PredictionTask) throws(DataError) -> Targets {
    var numberCount = 0
    for row in 0..<rowCount {
      let text = records.string(firstRow + row, column)
      if text.isEmpty { throw cellError(row, column, "is empty") }
      guard let number = records.number(firstRow + row, column) else { continue }
      // NaN is as good as no number.
      numberCount += number.isNaN ? 0 : 1
    }
    // Mostly numbers: a word among them is a mistake to be shown, not a reason to make every number a class.
    let areNumbers = numberCount * 2 > rowCount
    guard areNumbers || task == .values else { return try textClasses(column) }
    var numbers: [Double] = []
    for row in 0..<rowCount { numbers.append(try finiteNumber(row, column)) }
    if task != .values, let classes = try numericClasses(numbers, column, task) { return classes }
    var values = try Matrix<Float>(rows: rowCount, columns: 1, for: name)
    for (row, number) in numbers.enumerated() {
      values[row, 0] = Float(number)
      if !values[row, 0].isFinite { throw cellError(row, column, "lies beyond the range of 32-bit numbers") }
    }
    return .values(values)
  }

  private func textClasses(_ column: Int) throws(DataError) -> Targets {
    let labels = (0..<rowCount).map { records.string(firstRow + $0, column) }
    if let row = labels.firstIndex(where: Self.missingWords.contains) {
      throw cellError(row, column, "stands for a missing value", hint: "write the class there, or leave the row out")
    }
    let names = Set(labels).sorted()
    try requireSeveralClasses(names, column)
    let indices = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return .classes(labels: labels.compactMap { indices[$0] }, names: names)
  }

  private func numericClasses(
    _ numbers: [Double], _ column: Int, _ task: PredictionTask
  ) throws(DataError) -> Targets? {
    if let row = numbers.firstIndex(where: { !Self.canBeClass($0) }) {
      guard task == .classes else { return nil }
      throw cellError(
        row, column, "is no whole number, as numbers of classes are", hint: "write the class there, or predict values",
        settings: [.task])
    }
    let distinct = Set(numbers).sorted()
    let areFew = distinct.count <= Self.largestNumericClassCount && distinct.count * 2 <= numbers.count
    guard areFew || task == .classes else { return nil }
    let names = distinct.map { String(Int($0)) }
    try requireSeveralClasses(names, column)
    let indices = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
    return .classes(labels: numbers.compactMap { indices[$0] }, names: names)
  }

  private static func canBeClass(_ number: Double) -> Bool { number == number.rounded() && number.magnitude < 1e9 }

  /// What is predicted, in a sentence, and what looks like another column than the labels'.
  private func targetNotes(_ targets: Targets, _ column: Int, _ task: PredictionTask) -> [DataNote] {
    let settings: [Diagnosis.Setting] = task == .detect ? [.task] : []
    let place = "Column '\(columnNames[column])' holds"
    let rows = firstRow..<records.count
    switch targets {
    case .values:
      let isWhole = rows.allSatisfy { records.number($0, column).map(Self.canBeClass) ?? false }
      return [
        DataNote(
          "\(place) \(isWhole ? "whole numbers, which are values to predict and no classes" : "values to predict").",
          settings: isWhole ? settings : [])
      ]
    case .classes(let labels, let names):
      let isNumeric = rows.allSatisfy { records.number($0, column) != nil }
      var notes = [
        DataNote(
          "\(place) \(names.count) classes\(isNumeric ? ", as numbers" : "").", settings: isNumeric ? settings : [])
      ]
      var counts = [Int](repeating: 0, count: names.count)
      for label in labels { counts[Int(label)] += 1 }
      let singleCount = counts.count { $0 == 1 }
      if singleCount >= 10, singleCount * 2 > names.count {
        notes.append(
          DataNote(
            "\(singleCount) of the classes have a single example each: is this the column of the labels?",
            settings: [.label]))
      }
      return notes
    }
  }

  private func requireSeveralClasses(_ names: [String], _ column: Int) throws(DataError) {
    guard names.count < 2 else { return }
    throw DataError(
      .inconsistent, path: path, "every row has the label '\(names.joined())' in column '\(columnNames[column])'",
      hint: "name the column that holds the labels")
  }

  private func finiteNumber(_ row: Int, _ column: Int) throws(DataError) -> Double {
    let record = firstRow + row
    guard let number = records.number(record, column) else {
      if records.hasDecimalComma(record, column) {
        throw cellError(
          row, column, "has a comma in it",
          hint: "write a decimal point and nothing between thousands, or put semicolons between the cells")
      }
      throw cellError(row, column, records.string(record, column).isEmpty ? "is empty" : "is not a number")
    }
    guard number.isFinite else { throw cellError(row, column, "is not a finite number") }
    return number
  }

  private func cellError(
    _ row: Int, _ column: Int, _ problem: String, hint: String = "write a number there, or leave the row out",
    settings: [Diagnosis.Setting] = []
  ) -> DataError {
    let text = records.string(firstRow + row, column)
    return DataError(
      .malformed, path: path, line: records.lines[firstRow + row],
      "the cell\(text.isEmpty ? "" : " '\(text)'") in column '\(columnNames[column])' \(problem)", hint: hint,
      settings: settings)
  }
}
