public import BatchFoundation

/// A report as one file: charts, tables and the data behind them, with nothing fetched from anywhere.
public struct HTMLReport: Sendable {
  /// A part of a report.
  public struct Section: Sendable {
    /// The heading.
    public var heading: String
    /// Sentences before the charts.
    public var paragraphs: [String]
    /// The charts.
    public var charts: [Chart]
    /// The tables.
    public var tables: [TextTable]

    /// A part of a report.
    public init(_ heading: String, paragraphs: [String] = [], charts: [Chart] = [], tables: [TextTable] = []) {
      self.heading = heading
      self.paragraphs = paragraphs
      self.charts = charts
      self.tables = tables
    }
  }

  /// The title.
  public var title: String
  /// What was done, in a sentence.
  public var subtitle: String
  /// What was found, a sentence each.
  public var findings: [String]
  /// The parts.
  public var sections: [Section]
  /// The circumstances: names and values.
  public var circumstances: [(name: String, value: String)]
  /// The data behind the report, as JSON.
  public var json: String

  /// A report.
  public init(
    title: String, subtitle: String, findings: [String], sections: [Section],
    circumstances: [(name: String, value: String)], json: String
  ) {
    self.title = title
    self.subtitle = subtitle
    self.findings = findings
    self.sections = sections
    self.circumstances = circumstances
    self.json = json
  }

  /// The report as the text of an HTML file.
  public func rendered() -> String {
    let findingItems = findings.map { "<li>\(SVG.escaped($0))</li>" }.joined(separator: "\n")
    let facts = circumstances.map { "<dt>\(SVG.escaped($0.name))</dt><dd>\(SVG.escaped($0.value))</dd>" }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(SVG.escaped(title))</title>
      <style>
      \(ReportStyle.css)
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(SVG.escaped(title))</h1>
      <p class="subtitle">\(SVG.escaped(subtitle))</p>
      </header>
      <ul class="findings">
      \(findingItems)
      </ul>
      \(sections.map(Self.html).joined(separator: "\n"))
      <section>
      <h2>Circumstances</h2>
      <dl>\(facts.joined(separator: "\n"))</dl>
      </section>
      </main>
      <div id="tip" hidden></div>
      <script type="application/json" id="data">\(Self.inScript(json))</script>
      <script>
      \(ReportScript.javaScript)
      </script>
      </body>
      </html>

      """
  }

  private static func html(_ section: Section) -> String {
    let paragraphs = section.paragraphs.map { "<p>\(SVG.escaped($0))</p>" }
    let figures = section.charts.map { chart in
      """
      <figure>
      <figcaption><span class="question">\(SVG.escaped(chart.question))</span>
      <span class="answer">\(SVG.escaped(chart.answer))</span></figcaption>
      \(chart.svg())
      </figure>
      """
    }
    let body = paragraphs + figures + section.tables.map { html($0.forPeople) }
    return "<section>\n<h2>\(SVG.escaped(section.heading))</h2>\n\(body.joined(separator: "\n"))\n</section>"
  }

  private static func html(_ table: TextTable) -> String {
    let heads = table.columns.map { "<th\($0.isNumeric ? " class=\"number\"" : "")>\(SVG.escaped($0.title))</th>" }
    let rows = table.rows.map { row in
      let cells = zip(table.columns, row).map { column, cell in
        "<td\(column.isNumeric ? " class=\"number\"" : "")>\(SVG.escaped(cell.text))</td>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return """
      <div class="table"><table>
      <thead><tr>\(heads.joined())</tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody>
      </table></div>
      """
  }

  /// JSON that cannot end the script element it stands in.
  private static func inScript(_ json: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      if scalar == "<" { result.append(contentsOf: "\\u003c".unicodeScalars) } else { result.append(scalar) }
    }
    return String(result)
  }
}

extension HTMLReport {
  /// Writes the charts of the page, in its order, as `chart-1.svg`, `chart-2.svg` … into a folder, which is made
  /// where it is missing.
  ///
  /// - Throws: ``/BatchFoundation/FileError`` when a file cannot be written.
  public func writeCharts(to folder: String) throws(FileError) {
    try DurableFile.makeFolder(folder)
    for (index, chart) in sections.flatMap(\.charts).enumerated() {
      try DurableFile.write(Array(chart.file().utf8), to: "\(folder)/chart-\(index + 1).svg")
    }
  }
}
