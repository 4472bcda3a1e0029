import ArgumentParser
import Batchwise

/// How long and how often a profile times things.
struct TimingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The time at most, in seconds; every point gets its \(TimingSettings().minimumCycles) samples whatever they take.",
      valueName: "count"))
  var seconds = TimingSettings().maximumSeconds

  @Option(
    help: ArgumentHelp(
      "Half of the width of an interval, over its median, at which a point is known well enough.", valueName: "share"))
  var width = TimingSettings().precision

  @Option(help: ArgumentHelp("The seed of the order in which points are timed.", valueName: "number"))
  var timingSeed: UInt64 = 1

  func validate() throws {
    guard seconds >= 0, seconds <= Self.longest else {
      throw ValidationError("--seconds must be at least 0 and at most \(Int(Self.longest)), not \(seconds)")
    }
    guard width > 0, width < 1 else { throw ValidationError("--width must lie between 0 and 1, not be \(width)") }
  }

  /// Three years.
  private static var longest: Double { 1e8 }

  /// The settings that the options ask for.
  var settings: TimingSettings {
    var settings = TimingSettings()
    (settings.maximumSeconds, settings.precision, settings.seed) = (seconds, width, timingSeed)
    return settings
  }
}
