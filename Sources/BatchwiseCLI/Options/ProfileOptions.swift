public import ArgumentParser
public import Batchwise

extension FMAPeak.Precision: ExpressibleByArgument {
  /// What training computes in: bfloat16 is a ceiling of the machine and no more.
  public static var allValueStrings: [String] { [float, double].map(\.rawValue) }
}

/// How a profile, of products or of steps, is made and kept.
struct ProfileOptions: ParsableArguments {
  @Option(help: "The numbers computed with: float or double.")
  var precision: FMAPeak.Precision = .float

  @OptionGroup var timing: TimingOptions
  @OptionGroup var printing: OutputOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Keep profile, table and report in this folder.", valueName: "folder"))
  var output: String?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Print what would be timed, the memory and the time it takes, and end.")
  var dryRun = false

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Run everything --calls times without timing it, for perf or callgrind.")
  var profileOnly = false

  @Option(help: ArgumentHelp("How often --profile-only runs each product or step.", valueName: "count"))
  var calls = 1000

  func validate() throws {
    guard precision != .bfloat16 else { throw ValidationError("products are computed in float or double") }
    guard calls >= 1 else { throw ValidationError("--calls must be at least 1, not \(calls)") }
  }

  /// Throws where the output folder holds something else than a profile, before anything is timed.
  func requireRoom() throws(StudyError) {
    if let output { try FolderContent.profile.requireRoom(in: output) }
  }

  /// Prints the profile's tables and findings, and keeps it where that was asked for.
  func finish(_ profile: Profile) throws { try ProfileFiles.finish(profile, folder: output, printing: printing) }
}
