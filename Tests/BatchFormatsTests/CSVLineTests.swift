import BatchTestSupport
import Testing

@testable import BatchFormats

@Suite("Lines of comma-separated text")
struct CSVLineTests {
  @Test("Fields are quoted where they must be, and only there")
  func quoting() {
    #expect(CSVLine.text(["epoch", "test loss", "0.25", ""]) == "epoch,test loss,0.25,\n")
    #expect(
      CSVLine.text(["a,b", "say \"no\"", "two\nlines", "\r\n"])
        == "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\"\r\n\"\n")
    #expect(CSVLine.text([""]) == "\"\"\n")
  }

  @Test("What was written is read")
  func roundTrip() throws {
    let lines = [["x", "y,z"], ["\"", ""], [",\n\"\"", "\u{e9}"], ["\r", "\"quoted\""]]
    let text = lines.map(CSVLine.text).joined()
    let records = try CSVRecords(Array(text.utf8), path: "t.csv", separator: UInt8(ascii: ","))
    #expect(records.count == lines.count)
    for (i, line) in lines.enumerated() { #expect((0..<2).map { records.string(i, $0) } == line) }
  }
}
