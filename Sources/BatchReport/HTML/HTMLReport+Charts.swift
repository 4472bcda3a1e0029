public import BatchFoundation

extension HTMLReport {
  /// Writes the charts of the page, in its order, as `chart-1.svg`, `chart-2.svg` … into a folder.
  ///
  /// - Throws: ``/BatchData/FileError`` when a file cannot be written.
  public func writeCharts(to folder: String) throws(FileError) {
    for (index, chart) in sections.flatMap(\.charts).enumerated() {
      try DurableFile.write(Array(chart.file().utf8), to: "\(folder)/chart-\(index + 1).svg")
    }
  }
}
