import BatchAlgebra

/// A CSV file as examples: numbers in all columns but one, which holds the label.
///
/// The first record is a header when one of its fields is no number in a column whose next field is one, or when it is
/// all text while the label column is named. Labels that are text, or at most ``classLimit`` different whole numbers,
/// are classes; other numbers are values.
enum CSVTable {
  /// The most different whole numbers that are taken for classes.
  static var classLimit: Int { 100 }

  /// Reads a file; `label` is the label column's name or its index from 0, the last column without it.
  ///
  /// - Throws: ``DataError`` with the file and line of what cannot be used.
  static func read(_ path: String, label: String?) throws(DataError) -> Dataset {
    let records = try CSVRecords(try FileBytes.read(path), path: path).records
    guard let first = records.first else { throw .malformed(path: path, reason: "it is empty") }
    let header = isHeader(first.fields, next: records.dropFirst().first?.fields) ? first.fields : nil
    let rows = header == nil ? records[...] : records.dropFirst()
    guard !rows.isEmpty else { throw .malformed(path: path, reason: "it has a header and no examples") }
    let columns = first.fields.count
    guard columns >= 2 else {
      throw .malformed(path: path, reason: "it has a single column; features and a label need 2")
    }
    let labelColumn = try column(label, header: header, count: columns, path: path)
    var features: [Float] = []
    features.reserveCapacity(rows.count * (columns - 1))
    for row in rows {
      guard row.fields.count == columns else {
        throw .malformedLine(
          path: path, line: row.line, reason: "it has \(row.fields.count) fields where the first line has \(columns)")
      }
      for (index, field) in row.fields.enumerated() where index != labelColumn {
        guard let number = Float(field), number.isFinite else {
          let name = header.map { "'\($0[index])'" } ?? "\(index)"
          throw .malformedLine(
            path: path, line: row.line,
            reason: "column \(name) holds '\(field)', which is no finite number; fill it in or remove the line")
        }
        features.append(number)
      }
    }
    let targets = try targets(rows.map { ($0.line, $0.fields[labelColumn]) }, path: path)
    do {
      let matrix = try Matrix(rows: rows.count, columns: columns - 1, features)
      return try Dataset(name: path, features: matrix, exampleShape: [columns - 1], targets: targets)
    } catch let error as DataError {
      throw error
    } catch {
      throw .outOfMemory("\(error)")
    }
  }

  private static func isHeader(_ fields: [String], next: [String]?) -> Bool {
    guard let next, next.count == fields.count else { return fields.allSatisfy { Float($0) == nil } }
    return zip(fields, next).contains { Float($0) == nil && Float($1) != nil }
  }

  private static func column(
    _ label: String?, header: [String]?, count: Int, path: String
  ) throws(DataError) -> Int {
    guard let label else { return count - 1 }
    if let index = header?.firstIndex(of: label) { return index }
    if let index = Int(label), index >= 0, index < count { return index }
    let known = header.map { "the columns are \($0.joined(separator: ", "))" } ?? "it has no header; give an index"
    throw .malformed(path: path, reason: "there is no column '\(label)'; \(known), or an index from 0 to \(count - 1)")
  }

  private static func targets(_ labels: [(line: Int, text: String)], path: String) throws(DataError) -> Targets {
    let distinct = Set(labels.map(\.text))
    if let empty = labels.first(where: { $0.text.isEmpty }) {
      throw .malformedLine(path: path, line: empty.line, reason: "the label is missing; fill it in or remove the line")
    }
    if let noNumber = labels.first(where: { Float($0.text)?.isFinite == false }) {
      throw .malformedLine(
        path: path, line: noNumber.line, reason: "the label is '\(noNumber.text)', which is not finite")
    }
    let numbers = labels.compactMap { Float($0.text) }
    let wholeNumbers = numbers.allSatisfy { $0 == $0.rounded() }
    if numbers.count == labels.count, !(wholeNumbers && distinct.count <= classLimit) {
      do {
        return .values(try Matrix(rows: numbers.count, columns: 1, numbers))
      } catch {
        throw .outOfMemory(error.description)
      }
    }
    // Numbers in their own order, names in the alphabet's.
    let names =
      numbers.count == labels.count
      ? distinct.sorted { (Float($0) ?? 0, $0) < (Float($1) ?? 0, $1) } : distinct.sorted()
    let index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return .classes(labels: labels.map { index[$0.text] ?? 0 }, names: names)
  }
}
