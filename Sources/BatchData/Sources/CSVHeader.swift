import BatchFormats

extension CSVTable {
  /// Whether the first record names the columns.
  public enum Header: String, Sendable, CaseIterable, Codable {
    /// It does when none of its cells is a number, and when its numbers count the columns and it is unlike the others.
    case detect = "auto"
    /// It does.
    case present = "yes"
    /// It does not.
    case absent = "no"
  }

  /// What the first record is found to be, and whether it could be the other.
  struct FirstRecord {
    var isHeader: Bool
    var isCertain: Bool
  }

  /// How many records the first one is compared with.
  private static var comparedRecords: Int { 200 }

  /// Tells names from data: pandas names the columns of a plain array 0, 1, 2 …, and saves these names.
  static func firstRecord(of records: CSVRecords) -> FirstRecord {
    let columns = 0..<records.fieldCount(0)
    let others = 1..<max(1, min(records.count, comparedRecords))
    func isNumeric(_ column: Int) -> Bool {
      !others.isEmpty && others.allSatisfy { records.number($0, column) != nil }
    }
    let numbers = columns.compactMap { records.number(0, $0) }
    let texts = columns.filter { records.number(0, $0) == nil }
    if numbers.isEmpty {
      // A first row of NA and a class is no header.
      let numeric = columns.filter(isNumeric)
      let isMissing = !numeric.isEmpty && numeric.allSatisfy { Self.missingWords.contains(records.string(0, $0)) }
      return FirstRecord(isHeader: !isMissing, isCertain: true)
    }
    let data = FirstRecord(isHeader: false, isCertain: !texts.isEmpty)
    let header = FirstRecord(isHeader: true, isCertain: false)
    let steps = zip(numbers, numbers.dropFirst())
    let increases = numbers.allSatisfy { $0 == $0.rounded() } && steps.allSatisfy { $0 < $1 }
    guard increases, !others.isEmpty, !texts.contains(where: { Self.missingWords.contains(records.string(0, $0)) })
    else {
      return data
    }
    // A word over numbers, beside numbers that go up: 2010, 2011, total.
    if texts.contains(where: { isNumeric($0) && !records.string(0, $0).isEmpty }) { return header }
    let counts = steps.allSatisfy { $0 + 1 == $1 } && (numbers[0] == 0 || numbers[0] == 1)
    func isWhole(_ record: Int) -> Bool {
      columns.allSatisfy { column in records.number(record, column).map { $0 == $0.rounded() } ?? true }
    }
    guard counts else { return data }
    let othersAreWhole = others.allSatisfy(isWhole)
    if texts.isEmpty { return numbers.count >= 3 && !others.contains(where: isWhole) ? header : data }
    // A name occurs once; a class that does is rare, and then the numbers must be clearly names, too.
    let areUnique = texts.allSatisfy { column in
      let name = records.string(0, column)
      return !(1..<records.count).contains { records.string($0, column) == name }
    }
    return areUnique && numbers.count >= (othersAreWhole ? 3 : 2) ? header : data
  }

  /// What people and programs write where a value is missing.
  ///
  /// `Na` is sodium, and `None` may be a class.
  static let missingWords: Set<String> = ["NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "NULL", "null", "?"]
}
