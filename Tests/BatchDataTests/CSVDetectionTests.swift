import BatchData
import BatchFormats
import BatchTestSupport
import Testing

/// What is found out of a table by itself, and what is said of it.
@Suite("Tables as people bring them")
struct CSVDetectionTests {
  private let folder = TemporaryFolder()

  private func table(
    _ text: String, header: CSVTable.Header = .detect, separator: CSVTable.Separator = .detect
  ) throws(DataError) -> CSVTable {
    try CSVTable(path: folder.write(text, to: "t.csv"), header: header, separator: separator)
  }

  private func load(_ text: String, _ settings: ReadingSettings = ReadingSettings()) throws(DataError) -> DataSplits {
    try DataSource.csv(path: folder.write(text, to: "t.csv"), settings).load(seed: 1)
  }

  private func message(_ text: String, _ settings: ReadingSettings = ReadingSettings()) throws -> String {
    let error = try #require(thrownError { () throws(DataError) in try load(text, settings) })
    return error.description.replacing(folder.path + "/", with: "")
  }

  private func reals(_ row: Int, _ count: Int) -> String {
    (0..<count).map { "\(Double(row * 7 + $0 * 3 % 11) / 8 + 0.03)" }.joined(separator: ",")
  }

  // MARK: The header

  @Test(
    "Numbers that count the columns are names where the row is unlike the others",
    arguments: [
      "0,1,2,label", "1,2,3,label", "label,0,1,2", "0,1,2,target", "2010,2011,2012,total", "0,1,2,3",
    ])
  func namesByNumbers(first: String) throws {
    let textFirst = first.hasPrefix("label")
    let isAllNumbers = first == "0,1,2,3"
    let rows = (0..<20).map { row in
      let cell = isAllNumbers || first.hasSuffix("total") ? "\(Double(row) + 0.5)" : row % 2 == 0 ? "yes" : "no"
      return textFirst ? "\(cell),\(reals(row, 3))" : "\(reals(row, 3)),\(cell)"
    }
    let found = try table(([first] + rows).joined(separator: "\n"))
    #expect(
      found.hasHeader && found.rowCount == 20 && found.columnNames == first.split(separator: ",").map(String.init))
    #expect(
      found.notes.map(\.text) == [
        "Line 1 (\(first.replacing(",", with: ", "))) is taken for the names of the columns."
      ])
    #expect(found.notes[0].settings == [.header])
  }

  @Test(
    "Data are data",
    arguments: [
      // Numbers that do not count, whole numbers like all others, a class that occurs again, a row of two.
      "5.1,3.5,1.4,a\n4.9,3.0,1.4,b\n4.7,3.2,1.3,a\n", "3,1,2,a\n2,2,2,b\n1,0,0,a\n",
      "0,1,2,a\n0.5,0.5,0.5,b\n0.1,0.1,0.1,a\n", "1,oak\n2,elm\n", "1,2,a\n3,4,b\n",
    ])
  func data(text: String) throws {
    let found = try table(text)
    #expect(!found.hasHeader && found.notes.isEmpty, "\(found.notes)")
  }

  @Test(
    "Of a table of numbers it is said which row is an example", arguments: ["0.5,1,2\n", "0,1,2\n3,4,5\n", "9,8\n"])
  func numbers(text: String) throws {
    let found = try table(text + text)
    #expect(!found.hasHeader)
    #expect(found.notes.map(\.text).first?.hasSuffix("is taken for an example: the table has no header.") == true)
    #expect(try table(text + text, header: .absent).notes.isEmpty)
    #expect(try table(text + text, header: .present).hasHeader && table(text + text, header: .present).notes.isEmpty)
  }

  @Test("A first row without a value is no header")
  func missingFirst() throws {
    #expect(try message("NA,NA,yes\n1,2,no\n3,4,yes\n").hasPrefix("t.csv, line 1: the cell 'NA' in column '0' is not"))
    // Sodium is a name.
    #expect(try table("Na,Mg,type\n1,2,no\n3,4,yes\n").columnNames == ["Na", "Mg", "type"])
    // As pandas saves an index.
    #expect(try table(",x,type\n0,2.5,no\n1,4,yes\n").columnNames == ["", "x", "type"])
  }

  // MARK: The separator

  @Test("Semicolons and tabs are found", arguments: [(";", CSVTable.Separator.semicolon), ("\t", .tab), (",", .comma)])
  func separators(text: String, separator: CSVTable.Separator) throws {
    let lines = ["x,y,kind", "1.5,2,\"a;b,c\td\"", "3,4,e", "5,6,e"].map { line in
      line.hasSuffix("\"") ? "1.5\(text)2\(text)\"a;b,c\td\"" : line.replacing(",", with: text)
    }
    for choice in [CSVTable.Separator.detect, separator] {
      let data = try table(lines.joined(separator: "\n"), separator: choice).dataset(name: "t")
      #expect(data.features.elements == [1.5, 2, 3, 4, 5, 6])
      #expect(data.targets == .classes(labels: [0, 1, 1], names: ["a;b,c\td", "e"]))
    }
  }

  @Test("A separator that is within the cells is not taken for one between them")
  func withinCells() throws {
    #expect(try table("1,2,a;b\n3,4,c;d\n").columnNames.count == 3)
    #expect(try table("0,5;1,5;1\n0,25;2,5;0\n").columnNames.count == 3)
    #expect(
      try message("x,y\n1,a\n", ReadingSettings(separator: .semicolon))
        == "t.csv, line 1: there is only 1 column, but at least one feature and a label are needed; "
        + "separate the columns by ';', or name another separator")
    #expect(try message("x;y;c\n1;2;a\n1;b\n").hasPrefix("t.csv, line 3: the row has 2 cells, but the first has 3;"))
  }

  @Test("Between semicolons numbers may have a decimal comma, all of them")
  func decimalComma() throws {
    let found = try table("x;y;kind\n0,5;-1,25e1;a,b\n 1,5 ;7;c\n")
    let data = try found.dataset(name: "t")
    #expect(data.features.elements == [0.5, -12.5, 1.5, 7])
    #expect(data.targets == .classes(labels: [0, 1], names: ["a,b", "c"]))
    #expect(found.notes.map(\.text) == ["The comma of numbers such as '0,5' is read as a decimal point."])
    #expect(
      try message("x;y;kind\n1.5;7;a\n1,234;8;b\n")
        == "t.csv, line 3: the cell '1,234' has a comma, and '1.5' elsewhere a point: it is not clear which is the "
        + "decimal mark; write all numbers with a decimal point, and nothing between thousands")
    #expect(
      try message("x,kind\n\"1,234\",a\n\"2,5\",b\n")
        == "t.csv, line 2: the cell '1,234' in column 'x' has a comma in it; write a decimal point and nothing between "
        + "thousands, or put semicolons between the cells")
  }

  @Test("A separator at the ends of lines is named")
  func trailing() throws {
    let hint = "remove the separator at the ends of lines"
    #expect(
      try message("x,c,\n1,a,\n2,b,\n")
        == "t.csv, line 1: every line ends in a separator, behind which there is an empty column; \(hint)")
    #expect(
      try message("x,c\n1,a,\n2,b,\n")
        == "t.csv, line 2: the row has 3 cells, but the first has 2: it ends in a separator, behind which there is an "
        + "empty cell; \(hint)")
  }

  // MARK: Characters and missing values

  @Test("Names in another encoding are refused and not merged")
  func latin1() throws {
    let bytes = Array("a,b,label\n1,2,".utf8) + [0xF6] + Array("\n2,3,".utf8) + [0xE4] + Array("\n".utf8)
    let path = folder.write(bytes, to: "latin1.csv")
    let error = try #require(thrownError { () throws(DataError) in try CSVTable(path: path) })
    #expect(error.line == 2 && error.hint.contains("iconv -f LATIN1") && error.kind == .malformed)
  }

  @Test("What stands for a missing value is no class", arguments: ["NA", "N/A", "NaN", "nan", "null", "?", "<NA>"])
  func missingLabel(word: String) throws {
    #expect(
      try message("x,c\n1,a\n2,\(word)\n3,b\n")
        == "t.csv, line 3: the cell '\(word)' in column 'c' stands for a missing value; "
        + "write the class there, or leave the row out")
    #expect(
      try message("x,c\n1,a\n\(word),b\n3,b\n").hasPrefix("t.csv, line 3: the cell '\(word)' in column 'x' is not a "))
  }

  // MARK: Classes or values

  @Test("It is said what the labels are")
  func labels() throws {
    func notes(_ cells: (Int) -> String, _ settings: ReadingSettings = ReadingSettings()) throws -> [String] {
      let text = "x,y\n" + (0..<60).map { "\(Double($0) + 0.5),\(cells($0))\n" }.joined()
      return try load(text, settings).notes.map { "\($0.text) \($0.settings.map(\.rawValue))" }
    }
    #expect(try notes { $0 % 2 == 0 ? "oak" : "elm" } == ["Column 'y' holds 2 classes. []"])
    #expect(try notes { "\($0 % 3)" } == ["Column 'y' holds 3 classes, as numbers. [\"task\"]"])
    #expect(try notes { "\(Double($0) * 0.5)" } == ["Column 'y' holds values to predict. []"])
    #expect(
      try notes { "\($0 % 26)" } == [
        "Column 'y' holds whole numbers, which are values to predict and no classes. [\"task\"]"
      ])
    #expect(
      try notes({ "\($0 % 26)" }, ReadingSettings(task: .classes)) == ["Column 'y' holds 26 classes, as numbers. []"])
    #expect(
      try notes { "name \($0)" } == [
        "Column 'y' holds 60 classes. []",
        "60 of the classes have a single example each: is this the column of the labels? [\"label\"]",
      ])
  }

  @Test("Whole numbers become as many classes as there are, and classes become values, where it is said")
  func tasks() throws {
    let rows = (0..<80).map { "\($0 % 26 + 1),0.5,\($0)\n" }.joined()
    let classes = try load(rows, ReadingSettings(label: "0", task: .classes))
    #expect(classes.train.targets.classCount == 26)
    guard case .classes(_, let names) = classes.train.targets else { return }
    #expect(names == (1...26).map { String($0) })
    #expect(try load(rows, ReadingSettings(label: "0")).train.targets.classCount == nil)
    let few = "x,c\n" + (0..<20).map { "\($0),\($0 % 2)\n" }.joined()
    #expect(try load(few, ReadingSettings(task: .values)).train.targets.classCount == nil)
    #expect(try load(few).train.targets.classCount == 2)
    #expect(
      try message("x,c\n1,0.5\n2,1\n", ReadingSettings(task: .classes))
        == "t.csv, line 2: the cell '0.5' in column 'c' is no whole number, as numbers of classes are; "
        + "write the class there, or predict values")
    #expect(
      try message("x,c\n1,a\n2,b\n", ReadingSettings(task: .values))
        == "t.csv, line 2: the cell 'a' in column 'c' is not a number; write a number there, or leave the row out")
  }

  @Test("Settings that a source does not have are refused, and others are part of its name")
  func settings() throws {
    func refusal(_ name: String, _ settings: ReadingSettings) -> String? {
      thrownError { () throws(DataError) in try DataSource(parsing: name, reading: settings) }?.description
    }
    #expect(
      refusal("spirals", ReadingSettings(header: .absent))?.hasSuffix(
        "is no table, and 'header no' says how one is read; leave that out") == true)
    #expect(
      refusal("a.npz", ReadingSettings(separator: .tab))?.hasPrefix("a.npz is no table, and 'separator tab'") == true)
    #expect(refusal("a.npz", ReadingSettings(task: .values)) == nil)
    let source = try DataSource(
      parsing: "a.tsv.gz",
      reading: ReadingSettings(label: "y", header: .present, separator: .semicolon, task: .classes))
    #expect(source.description == "a.tsv.gz, label y, header yes, separator semicolon, task classes")
    #expect(try DataSource(parsing: "a.csv", label: "y").description == "a.csv, label y")
  }
}
