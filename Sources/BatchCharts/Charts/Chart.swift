/// A chart that asks a question and answers it: one panel, or several side by side that share the vertical axis.
public struct Chart: Sendable {
  /// What the chart is there to answer.
  public var question: String
  /// The answer, with its figures.
  public var answer: String
  /// The vertical axis of all panels.
  public var y: Axis
  /// The panels, from left to right.
  public var panels: [Panel]
  /// Where the names of series stand.
  public var names: NamePosition

  /// Where the names of series stand.
  public enum NamePosition: Sendable, Hashable {
    /// Beside their last points, unless they are too many or too long for that.
    case beside
    /// In rows above the panels, each once.
    case above
  }

  /// A chart of one or more panels.
  public init(question: String, answer: String, y: Axis, panels: [Panel], names: NamePosition = .beside) {
    self.question = question
    self.answer = answer
    self.y = y
    self.panels = panels
    self.names = names
  }

  /// A part of a chart with a horizontal axis of its own.
  public struct Panel: Sendable {
    /// The heading; empty for a single panel.
    public var title: String
    /// The horizontal axis.
    public var x: Axis
    /// What is drawn, from back to front.
    public var series: [Series]

    /// A panel.
    public init(title: String = "", x: Axis, series: [Series]) {
      self.title = title
      self.x = x
      self.series = series
    }
  }
}

/// Points that belong together.
public struct Series: Sendable {
  /// A point and, where it is uncertain, its interval.
  public struct Point: Sendable {
    /// Where it lies.
    public var x: Double
    /// How high it lies.
    public var y: Double
    /// The interval of `y`.
    public var interval: ClosedRange<Double>?
    /// What the text under the pointer says of the point, beside its numbers.
    public var note: String?
    /// Whether it is drawn hollow: nothing is concluded from it.
    public var isHollow: Bool

    /// A point.
    public init(
      x: Double, y: Double, interval: ClosedRange<Double>? = nil, note: String? = nil, isHollow: Bool = false
    ) {
      self.x = x
      self.y = y
      self.interval = interval
      self.note = note
      self.isHollow = isHollow
    }
  }

  /// How the points are drawn.
  public enum Style: Sendable, Hashable {
    /// Joined by a line; intervals as a band.
    case line
    /// Joined by a line with a dot at each; intervals as bars.
    case dottedLine
    /// A dot at each; intervals as bars.
    case dots
    /// Small and pale: the measurements behind a mean.
    case faintDots
    /// A column from zero; intervals as bars.
    case columns
    /// A column on top of those that the series before have at the same x; what lies below zero counts as zero.
    case stackedColumns
  }

  /// The name, for the label beside the series and the text under the pointer.
  public var name: String
  /// How the points are drawn.
  public var style: Style
  /// The colour.
  public var color: SeriesColor
  /// Whether the name stands beside the last point.
  public var isLabelled: Bool
  /// The points, in the order of x.
  public var points: [Point]

  /// A series.
  public init(_ name: String, style: Style, color: SeriesColor, isLabelled: Bool = false, points: [Point]) {
    self.name = name
    self.style = style
    self.color = color
    self.isLabelled = isLabelled
    self.points = points
  }
}

/// The colour of a series: one of a few that differ, or a step on a ramp for things that have an order.
///
/// Colours are variables of the page, which has a set for light and one for dark. The few are those of Okabe and Ito
/// (2008), the ramp is viridis (van der Walt & Smith 2015) without its palest or darkest end: both can be told apart
/// with any colour vision.
public enum SeriesColor: Sendable, Hashable {
  /// One of a few that differ, from 0.
  case category(Int)
  /// Step `index` of `count` on the ramp.
  case step(Int, of: Int)
  /// The colour of axes, for what the others are held against.
  case neutral

  /// The number of colours on the page's ramp.
  static var rampLength: Int { 7 }
  /// The number of colours that differ.
  static var categoryCount: Int { 6 }

  var css: String {
    switch self {
    case .category(let index): return "var(--c\(index % Self.categoryCount))"
    case .step(let index, let count):
      let position = count > 1 ? index * (Self.rampLength - 1) / (count - 1) : 0
      return "var(--r\(position))"
    case .neutral: return "var(--soft)"
    }
  }
}

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
