import BatchData
import BatchFormats
import BatchTestSupport
import Testing

@Suite("CSV tables")
struct CSVTests {
  private let folder = TemporaryFolder()

  private func dataset(
    _ text: String, label: String? = nil, header: CSVTable.Header = .detect
  ) throws(DataError) -> Dataset {
    try CSVTable(path: folder.write(text, to: "t.csv"), header: header).dataset(name: "t", label: label)
  }

  private func message(_ text: String, label: String? = nil) throws -> String {
    let error = try #require(thrownError { () throws(DataError) in try dataset(text, label: label) })
    return error.description.replacing(folder.path + "/", with: "")
  }

  @Test("Text labels become classes in alphabetical order", arguments: ["\n", "\r\n", "\r"])
  func textLabels(lineEnd: String) throws {
    let lines = ["x,y,kind", "1,2.5,oak", "-3e2, 4 ,elm", "0.5,+6,oak", ""]
    let data = try dataset(lines.joined(separator: lineEnd))
    #expect(data.features.elements == [1, 2.5, -300, 4, 0.5, 6])
    #expect(data.exampleShape == [2])
    #expect(data.targets == .classes(labels: [1, 0, 1], names: ["elm", "oak"]))
  }

  @Test("Quoted cells may hold separators, line ends and quotes")
  func quoting() throws {
    let data = try dataset("a,b\n\"1\",\"big, \"\"red\"\"\none\"\n2,blue\n3,\n".replacing("3,\n", with: "\"3\",blue"))
    #expect(data.features.elements == [1, 2, 3])
    #expect(data.targets == .classes(labels: [0, 1, 1], names: ["big, \"red\"\none", "blue"]))
  }

  @Test("A header is one when no cell of it is a number")
  func headerDetection() throws {
    let folder = folder
    func table(_ text: String, _ header: CSVTable.Header = .detect) throws -> CSVTable {
      try CSVTable(path: folder.write(text, to: "h.csv"), header: header)
    }
    #expect(try table("x,y\n1,2\n").columnNames == ["x", "y"])
    #expect(try table("1,oak\n2,elm\n").columnNames == ["0", "1"])
    #expect(try table("1,2\n3,4\n", .present).columnNames == ["1", "2"])
    #expect(try table("1,2\n3,4\n", .present).rowCount == 1)
    #expect(try table("x,y\n1,2\n", .absent).rowCount == 2)
    #expect(try table("\u{FEFF}x,y\n1,2\n").columnNames == ["x", "y"])
  }

  @Test("The label column goes by name or number", arguments: ["kind", "0", "-3"])
  func labelColumn(label: String) throws {
    let data = try dataset("kind,x,y\nb,1,2\na,3,4\n", label: label)
    #expect(data.features.elements == [1, 2, 3, 4])
    #expect(data.targets == .classes(labels: [1, 0], names: ["a", "b"]))
  }

  @Test("Few whole numbers become classes in numerical order, other numbers values")
  func numericLabels() throws {
    let classes = try dataset("1,10\n2,9\n3,10\n4,9\n")
    #expect(classes.targets == .classes(labels: [1, 0, 1, 0], names: ["9", "10"]))
    let values = try dataset("1,0.5\n2,1\n3,0.5\n4,1\n")
    guard case .values(let matrix) = values.targets else { return #expect(Bool(false)) }
    #expect(matrix.elements == [0.5, 1, 0.5, 1])
    let manyWhole = try dataset((0..<60).map { "0.1,\($0 % 30)\n" }.joined())
    #expect(manyWhole.targets.classCount == nil)
    #expect(manyWhole.targets.outputCount == 1)
  }

  @Test("A compressed table is read as it is")
  func compressed() throws {
    let path = folder.write(FileFormats.gzip(Array("x,y\n1,a\n2,b\n".utf8)), to: "t.csv.gz")
    #expect(try CSVTable(path: path).dataset(name: "t").features.elements == [1, 2])
  }

  @Test(
    "Cells that are no numbers are refused with line, column and hint",
    arguments: [
      ("x,y,c\n1,2,a\n1,nan,b\n", "line 3: the cell 'nan' in column 'y' is not a finite number"),
      ("x,y,c\n1,2,a\n-inf,1,b\n", "line 3: the cell '-inf' in column 'x' is not a finite number"),
      ("x,y,c\n1,2,a\n1,two,b\n", "line 3: the cell 'two' in column 'y' is not a number"),
      ("x,y,c\n1,2,a\n\n1,,b\n", "line 4: the cell in column 'y' is empty"),
      ("x,y,c\n1,1e39,a\n1,1,b\n", "line 2: the cell '1e39' in column 'y' lies beyond the range of 32-bit numbers"),
      ("x,c\n1,0.5\n2,oops\n3,1.5\n", "line 3: the cell 'oops' in column 'c' is not a number"),
      ("x,c\n1,0.5\n2,nan\n3,1.5\n", "line 3: the cell 'nan' in column 'c' is not a finite number"),
      ("x,c\n1,a\n2,\n", "line 3: the cell in column 'c' is empty"),
    ])
  func refusedCell(text: String, problem: String) throws {
    #expect(try message(text) == "t.csv, \(problem); write a number there, or leave the row out")
  }

  @Test(
    "Rows of different length are refused with the line on which the row begins",
    arguments: [
      ("x,y,c\n1,2,a\n1,b\n", "line 3: the row has 2 cells, but the first has 3"),
      ("x,c\n\"1\n\n2\",a\n3,b,c\n", "line 5: the row has 3 cells, but the first has 2"),
    ])
  func ragged(text: String, problem: String) throws {
    let hint = "give every row the same number of cells, and quote cells that hold a separator"
    #expect(try message(text) == "t.csv, \(problem); \(hint)")
  }

  @Test(
    "Tables that are none are refused",
    arguments: [
      ("", ": the file is empty; give a table with at least one row"),
      ("\n\r\n", ": the file is empty; give a table with at least one row"),
      ("x,y\n", ": there is a header but no row of data; give a table with at least one row"),
      (
        "1\n2\n",
        ", line 1: there is only 1 column, but at least one feature and a label are needed; "
          + "separate the columns by ',', or name another separator"
      ),
      ("x,c\n1,\"a\n2,b\n", ", line 2: a quoted cell that begins here is never closed; add the closing quote"),
      (
        "x,c\n1,\"a\"b\n",
        ", line 2: text follows the closing quote of a cell; double every quote inside a quoted cell"
      ),
      (
        "x,c\n1,a\n2,a\n",
        ": every row has the label 'a' in column 'c'; name the column that holds the labels"
      ),
    ])
  func refused(text: String, expected: String) throws {
    #expect(try message(text) == "t.csv\(expected)")
  }

  @Test("A missing column is answered with the columns there are")
  func missingColumn() throws {
    #expect(
      try message("x,y,c\n1,2,a\n3,4,b\n", label: "species")
        == "t.csv: there is no column 'species'; its columns are x, y, c; "
        + "name one of them, or give a number from 0 to 2")
    #expect(
      try message("1,2,a\n3,4,b\n", label: "3")
        == "t.csv: there is no column '3'; it has no header to find names in; "
        + "name one of them, or give a number from 0 to 2")
  }
}
