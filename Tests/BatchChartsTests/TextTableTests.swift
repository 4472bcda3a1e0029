import BatchCharts
import Testing

@Suite struct TextTableTests {
  private var table: TextTable {
    var table = TextTable(columns: [
      TextTable.Column("name", "name", isNumeric: false), TextTable.Column("share", "share of all"),
    ])
    table.append([.text("a|b, \"c\""), .number(0.256_789) { NumberFormat.percent($0) }])
    table.append([.text("dé"), .number(nil) { NumberFormat.percent($0) }])
    table.append([.text("e"), .integer(12_000)])
    return table
  }

  @Test func alignsForTerminals() {
    #expect(
      table.rendered(as: .table)
        == """
        name      share of all
        ──────────────────────
        a|b, "c"        25.7 %
        dé                   –
        e               12\u{202F}000

        """)
  }

  @Test func escapesForMarkdown() {
    #expect(
      table.rendered(as: .markdown)
        == """
        | name | share of all |
        | --- | ---: |
        | a\\|b, "c" | 25.7 % |
        | dé | – |
        | e | 12\u{202F}000 |

        """)
  }

  @Test func keepsFullPrecisionForMachines() {
    #expect(
      table.rendered(as: .csv)
        == """
        name,share
        "a|b, ""c""\",0.256789
        dé,
        e,12000

        """)
    #expect(
      table.rendered(as: .json)
        == """
        [
          {"name": "a|b, \\"c\\"", "share": 0.256789},
          {"name": "dé", "share": null},
          {"name": "e", "share": 12000}
        ]

        """)
  }

  @Test func rowsAloneFollowAHeader() {
    let header = TextTable(columns: table.columns).rendered(as: .csv)
    #expect(header + table.csvRows == table.rendered(as: .csv))
  }

  @Test func severalTablesAreOneResult() {
    var group = TableGroup()
    #expect(group.rendered(as: .json) == "{\n\n}\n")
    group.append("first", table)
    group.append("no \"rows\"", TextTable(columns: [TextTable.Column("x", "x")]))
    #expect(group.rendered(as: .csv) == table.rendered(as: .csv))
    #expect(group.rendered(as: .table) == table.rendered(as: .table) + "\n" + "x\n─\n")
    let json = group.rendered(as: .json)
    #expect(json.hasPrefix("{\n\"first\": [\n  {\"name\"") && json.hasSuffix("],\n\"no \\\"rows\\\"\": []\n}\n"))
  }

  /// What stands in a file must neither command the terminal, nor begin a line, nor end a cell.
  @Test func textsFromOutsideAreShown() throws {
    var table = TextTable(columns: [TextTable.Column("name", "name", isNumeric: false)])
    table.append([.text("\u{1B}[31mRED\nclass 9\u{9B}2J\u{202E}|\u{301}")])
    table.append([.text("\"\u{301},x")])
    let shown = table.rendered(as: .table)
    #expect(shown.split(separator: "\n")[2] == #"\u001b[31mRED\nclass 9\u009b2J\u202e|"# + "\u{301}")
    #expect(table.rendered(as: .markdown).split(separator: "\n").map(\.count).count == 4)
    #expect(table.rendered(as: .markdown).contains("\\|\u{301} |\n"))
    // For machines the text is what it is, as RFC 4180 and RFC 8259 have it.
    #expect(table.rendered(as: .csv).hasSuffix("\"\"\"\u{301},x\"\n"))
    #expect(table.rendered(as: .json).contains("\\u001b[31mRED\\nclass 9\\u009b2J"))
  }

  @Test(arguments: TableFormat.allCases)
  func anEmptyTableIsFine(_ format: TableFormat) {
    let text = TextTable(columns: [TextTable.Column("x", "x")]).rendered(as: format)
    #expect(text.hasSuffix("\n"))
  }
}
