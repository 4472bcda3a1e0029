import Foundation
import Testing

@testable import BatchwiseCLI

@Suite struct ConfigurationReaderTests {
  private func read(_ text: String) throws(ConfigurationError) -> [ConfigurationEntry] {
    try ConfigurationReader.entries(in: Array(text.utf8), path: "c.json")
  }

  @Test func valuesStayAsTheyAreWritten() throws {
    let entries = try read(
      """
      {"b": 64, "a": -1.50e+3, "yes": true, "no": false, "none": null, "list": ["784x512", 2],
       "text": "ä\\u00e9\\ud83d\\ude00\\n\\"\\\\\\/ {}[],:", "empty": "", "zero": 0, "large": 18446744073709551616}
      """)
    #expect(
      entries == [
        ConfigurationEntry(key: "b", value: .number("64")), ConfigurationEntry(key: "a", value: .number("-1.50e+3")),
        ConfigurationEntry("yes", true), ConfigurationEntry("no", false),
        ConfigurationEntry(key: "none", value: .absent),
        ConfigurationEntry(key: "list", value: .list([.text("784x512"), .number("2")])),
        ConfigurationEntry("text", "äé😀\n\"\\/ {}[],:"), ConfigurationEntry("empty", ""), ConfigurationEntry("zero", 0),
        ConfigurationEntry(key: "large", value: .number("18446744073709551616")),
      ])
    #expect(try read(" {\r\n} ") == [] && read("{\"a\":[]}") == [ConfigurationEntry(key: "a", value: .list([]))])
  }

  /// What another reader of JSON makes of the text that this writes, and this of what it writes itself.
  @Test func textIsWrittenSoThatOthersReadIt() throws {
    let text = "a\"\\\n\t\u{1}\u{1f}/ä😀\u{2028}"
    let written = ConfigurationValue.text(text).json
    let other = try JSONSerialization.jsonObject(with: Data("[\(written)]".utf8)) as? [String]
    #expect(other == [text])
    #expect(try read("{\"a\": \(written)}") == [ConfigurationEntry("a", text)])
  }

  /// Damaged text, and where and what is wrong.
  private static let damaged: [(String, String)] = [
    ("", "line 1, column 1: this is no JSON object"), ("[1]", "line 1, column 1: this is no JSON object"),
    ("{\"a\": 1,}", "line 1, column 9: it is not valid JSON: a key in double quotes"),
    ("{'a': 1}", "line 1, column 2: it is not valid JSON: a key in double quotes"),
    ("{\n \"ä\": 1\n \"b\": 2}", "line 3, column 2: it is not valid JSON: a , or a } should stand here"),
    ("{\"a\" 1}", "column 6: it is not valid JSON: a : should stand between the key \"a\" and its value"),
    ("{\"ä\": x}", "column 7: it is not valid JSON: a value should stand here"),
    ("{\"a\": }", "column 7: it is not valid JSON: a value"), ("{\"a\":", "column 6: it is not valid JSON: a value"),
    ("{\"a\": 01}", "a value should stand here"), ("{\"a\": 1.}", "a value should stand here"),
    ("{\"a\": +1}", "a value should stand here"), ("{\"a\": 1e}", "a value should stand here"),
    ("{\"a\": -}", "a value should stand here"), ("{\"a\": .5}", "a value should stand here"),
    ("{\"a\": nan}", "a value should stand here"), ("{\"a\": True}", "a value should stand here"),
    ("{\"a\": [1 2]}", "a , or a ] should stand here"), ("{\"a\": [1", "a , or a ] should stand here"),
    ("{\"a\": 1} {}", "there is something behind the last }"), ("{\"a\": 1", "a , or a } should stand here"),
    ("{\"a\": \"b}", "column 7: it is not valid JSON: the text that begins here has no end"),
    ("{\"a\": \"b\n\"}", "a line must not end"), ("{\"a\": \"\\x\"}", "no such character can stand behind a \\"),
    ("{\"a\": \"\\u12g4\"}", "four hexadecimal digits"), ("{\"a\": \"\\u+123\"}", "four hexadecimal digits"),
    ("{\"a\": \"\\ud800\"}", "half of a character"), ("{\"a\": \"\\ude00\\ud83d\"}", "half of a character"),
    ("{\"a\": \"\\u", "four hexadecimal digits"), ("{", "a key in double quotes"),
    ("{\"a\": 1, \"b\": 2,\n\"a\": 1}", "line 2, column 1: it is not valid JSON: the key 'a' stands twice"),
  ]

  @Test(arguments: damaged.indices)
  func damagedFilesAreToldByPlace(_ index: Int) throws {
    let (text, message) = Self.damaged[index]
    let error = try #require(throws: ConfigurationError.self) { try read(text) }
    #expect(error.kind == .file && error.description.hasPrefix("c.json, line "), "\(error)")
    #expect(error.description.contains(message), "\(error)")
  }

  @Test(arguments: [
    ("{\"a\": {\"b\": 1}}", "no option takes an object"), ("{\"a\": [[1]]}", "no option takes a list within a list"),
  ])
  func whatNoOptionTakesIsToldByPlace(_ text: String, _ message: String) throws {
    let error = try #require(throws: ConfigurationError.self) { try read(text) }
    #expect(error.kind == .usage && error.description.contains(message), "\(error)")
  }

  @Test func bytesThatAreNoTextAreRefused() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try ConfigurationReader.entries(in: Array("{\"".utf8) + [0xff, 0x22, 0x7d], path: "c.json")
    }
    #expect(error.description.hasSuffix("column 2: it is not valid JSON: the text that begins here is not UTF-8"))
  }
}
