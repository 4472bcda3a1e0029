import ArgumentParser
import Batchwise

/// `batchwise compare`: what has changed from one profile to another.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two profiles point by point: SAME, FASTER, SLOWER or UNCLEAR.",
    discussion: """
      Points that floating-point operations bound are compared at the same FMA peak, so that another clock does not \
      count. With --fail-above 10 the exit code is 2 when a point is surely slower, and by more than 10 %.
      """)

  @Argument(help: "The profile.json of the first profile, or its folder.")
  var before: String

  @Argument(help: "The profile.json of the second profile, or its folder.")
  var after: String

  @Option(help: ArgumentHelp("The difference in percent below which times count as the same.", valueName: "percent"))
  var same = 5.0

  @Option(help: ArgumentHelp("End with exit code 2 when a point is slower by more than this.", valueName: "percent"))
  var failAbove: Double?

  @OptionGroup var printing: OutputOptions

  @OptionGroup var config: ConfigurationOptions

  func validate() throws {
    guard same > 0, same < 100 else { throw ValidationError("--same must lie between 0 and 100, not be \(same)") }
    guard failAbove.map({ $0 >= 0 }) ?? true else { throw ValidationError("--fail-above must be at least 0") }
  }

  func run() throws {
    let comparison = try ProfileComparison(
      try ProfilePath(before).profile(), try ProfilePath(after).profile(), margin: same / 100)
    let report = ComparisonReport(comparison)
    try printing.print(report.table)
    for finding in report.findings { printing.note(finding) }
    guard let failAbove else { return }
    let regressions = comparison.regressions(beyond: failAbove / 100)
    guard regressions.isEmpty else {
      Console.note("Regression: slower by more than \(NumberFormat.plain(failAbove)) %:")
      for row in regressions { Console.note("  \(row.name)") }
      throw ExitCode(ExitStatus.regression.rawValue)
    }
  }
}
