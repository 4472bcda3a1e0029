extension Chart {
  /// The chart as an SVG element that takes its colours from the page.
  ///
  /// Width and height are in pixels at the size at which a unit of the picture is a pixel; the page may scale it. Names
  /// above the panels add to the height.
  public func svg(width: Double = 860, height: Double = 340) -> String {
    ChartPicture(chart: self, width: width, height: height).text()
  }

  /// The chart as the text of an SVG file: question and answer above it, colours of its own for light and dark, and
  /// nothing for a pointer.
  ///
  /// The lines of question and answer add to the height.
  public func file(width: Double = 860, height: Double = 340) -> String {
    ChartPicture(chart: self, width: width, height: height).text(style: ReportStyle.css + ReportStyle.pictureCSS)
  }
}
