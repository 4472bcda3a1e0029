import BatchProfiling
public import BatchScience

/// What has changed from one profile to another: a table and sentences.
public struct ComparisonReport: Sendable {
  private let comparison: ProfileComparison

  /// The report of a comparison.
  public init(_ comparison: ProfileComparison) { self.comparison = comparison }

  /// A row for each point that both profiles have.
  public var table: TextTable {
    var fields: [TableField<ProfileComparison.Row>] = [
      .text("name", "what") { $0.name },
      .number("before_seconds", "before", { $0.before }, as: NumberFormat.duration),
      .number("after_seconds", "after", { $0.after }, as: NumberFormat.duration),
      TableField("change", "speed") { row in .number(row.change.ratio - 1) { _ in Self.text(row.change) } },
    ]
    fields += TableField.ends("change") { $0.change.changeInterval }
    fields.append(.text("verdict", "verdict") { $0.change.verdict.rawValue })
    fields.append(.text("at_peak", "at the same peak") { $0.isAtPeak ? "yes" : "no" })
    return TextTable(comparison.rows, fields: fields)
  }

  /// What the comparison comes to, a sentence each.
  public var findings: [String] { [counts] + controls + [slowest, fastest, unmatched, differences].compactMap { $0 } }

  private var counts: String {
    guard !comparison.rows.isEmpty else { return "The profiles share no point." }
    let texts = SpeedComparison.Verdict.allCases.reversed().map { "\(comparison.count($0)) \($0.rawValue)" }
    return "Of \(comparison.rows.count) points that both profiles have the second is: \(texts.joined(separator: ", "))."
  }

  /// What the controls say where they are not surely the same.
  private var controls: [String] {
    comparison.controls.filter { $0.change.verdict != .same }.map { control in
      "The speed of the control, a product that is timed beside all points with "
        + "\(NumberFormat.count(control.threads, "thread")), is \(Self.text(control.change)): the machine itself may have "
        + "changed so much, and all intervals leave room for it."
    }
  }

  private var slowest: String? {
    let slower = comparison.rows.filter { $0.change.verdict == .slower }
    return slower.min { $0.change.ratio < $1.change.ratio }.map {
      "Most is lost by \($0.name): \(Self.text($0.change))."
    }
  }

  private var fastest: String? {
    let faster = comparison.rows.filter { $0.change.verdict == .faster }
    return faster.max { $0.change.ratio < $1.change.ratio }.map {
      "Most is gained by \($0.name): \(Self.text($0.change))."
    }
  }

  private var unmatched: String? {
    let names = comparison.unmatched
    guard !names.isEmpty else { return nil }
    let shown = names.prefix(3).joined(separator: "; ") + (names.count > 3 ? "; and \(names.count - 3) more" : "")
    return "\(names.count) \(names.count == 1 ? "point is" : "points are") in one profile only: \(shown)."
  }

  private var differences: String? {
    comparison.differences.isEmpty
      ? nil : "The environments differ: " + comparison.differences.joined(separator: "; ") + "."
  }

  /// `−12 % [−13, −11]`: of the speed.
  private static func text(_ change: SpeedComparison) -> String {
    IntervalFormat.percent(change.ratio - 1, change.changeInterval, signed: true)
  }
}
