import BatchAlgebra
import BatchData
import BatchTestSupport
import Testing

@Suite struct CSVTests {
  private func load(_ text: String, label: String? = nil) throws -> [Dataset] {
    let folder = TemporaryFolder()
    let path = folder.write(text, as: "table.csv")
    do {
      let splits = try DataSource.csv(path: path, label: label)
        .load(validation: 1, seed: 1, standardisation: Standardisation.Scope.none)
      return [splits.train, splits.validation, splits.test]
    } catch {
      // Messages name the file; the folder's name is chance.
      throw Message(text: error.description.replacing(folder.path + "/", with: ""))
    }
  }

  struct Message: Error {
    var text: String
  }

  /// The rows of all parts, each its features and its label's text, in a fixed order.
  private func rows(_ parts: [Dataset]) -> [String] {
    parts.flatMap { part -> [String] in
      (0..<part.count).map { i in
        let features = (0..<part.featureCount).map { "\(part.features[i, $0])" }.joined(separator: " ")
        switch part.targets {
        case .classes(let labels, let names): return "\(features) \(names[Int(labels[i])])"
        case .values(let values): return "\(features) =\(values[i, 0])"
        }
      }
    }.sorted()
  }

  private let body = (0..<8).map { "\($0),\($0 * 2),\($0 % 2 == 0 ? "yes" : "no")" }.joined(separator: "\n")

  @Test func readsWithAndWithoutAHeader() throws {
    let expected = (0..<8).map { "\(Float($0)) \(Float($0 * 2)) \($0 % 2 == 0 ? "yes" : "no")" }
    #expect(try rows(load(body)) == expected)
    #expect(try rows(load("a,b,answer\n" + body + "\n")) == expected)
    #expect(try rows(load("a,b,answer\r\n" + body.replacing("\n", with: "\r\n"), label: "answer")) == expected)
    #expect(try rows(load(body, label: "2")) == expected)
  }

  @Test func readsQuotedFields() throws {
    let text = (0..<8).map { "\"\($0)\", 1,\"a \"\"b\"\", c\nd\"" }.joined(separator: "\n")
    #expect(try rows(load(text)) == (0..<8).map { "\(Float($0)) 1.0 a \"b\", c\nd" })
  }

  @Test func numbersAreClassesOrValues() throws {
    let digits = (0..<8).map { "\($0).5,\($0 % 3)" }.joined(separator: "\n")
    #expect(try rows(load(digits)) == (0..<8).map { "\(Float($0) + 0.5) \($0 % 3)" })
    let values = (0..<8).map { "\($0),\(Float($0) / 4)" }.joined(separator: "\n")
    #expect(try rows(load(values)) == (0..<8).map { "\(Float($0)) =\(Float($0) / 4)" })
    #expect(try rows(load(values, label: "0")).count == 8)
  }

  static let spoilt: [(String, String?, String)] = [
    ("", nil, "table.csv: it is empty"),
    ("a,b\n", nil, "table.csv: it has a header and no examples"),
    ("1\n2\n", nil, "table.csv: it has a single column; features and a label need 2"),
    (
      "1,2,0\n3,nan,1\n", nil,
      "table.csv, line 2: column 1 holds 'nan', which is no finite number; fill it in or remove the line"
    ),
    (
      "x,y,z\n1,2,0\n3,,1\n", nil,
      "table.csv, line 3: column 'y' holds '', which is no finite number; fill it in or remove the line"
    ),
    ("1,2,0\n3,1\n", nil, "table.csv, line 2: it has 2 fields where the first line has 3"),
    ("x,y,z\n1,2,0\n", "w", "table.csv: there is no column 'w'; the columns are x, y, z, or an index from 0 to 2"),
    ("1,2,0\n", "w", "table.csv: there is no column 'w'; it has no header; give an index, or an index from 0 to 2"),
    ("1,2,0\n", "7", "table.csv: there is no column '7'; it has no header; give an index, or an index from 0 to 2"),
    ("1,\"2,0\n3,4,5\n", nil, "table.csv, line 1: a quote that opens here is never closed"),
    ("1,2\"2,0\n", nil, "table.csv, line 1: a quote stands within a field; quote the whole field"),
    ("1,\"2\"2,0\n", nil, "table.csv, line 1: text follows a closing quote; quote the whole field"),
    ("1,2,a\n1,2,\n", nil, "table.csv, line 2: the label is missing; fill it in or remove the line"),
    ("1,2,0.5\n1,2,inf\n", nil, "table.csv, line 2: the label is 'inf', which is not finite"),
  ]

  @Test(arguments: spoilt.indices)
  func saysWhatIsWrong(_ index: Int) {
    let (text, label, message) = Self.spoilt[index]
    let error = #expect(throws: Message.self) { try load(text, label: label) }
    #expect(error?.text == message)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: DataError.self) { try DataSource.csv(path: "/nowhere/x.csv").load() }
    #expect(error?.description == "cannot read /nowhere/x.csv: No such file or directory")
    let folder = TemporaryFolder()
    #expect(throws: DataError.unreadable(path: folder.path, reason: "it is a folder where a file is expected")) {
      try DataSource.csv(path: folder.path).load()
    }
  }
}
