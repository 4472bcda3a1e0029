import ArgumentParser

/// How many trials a study has, and whether they are run.
struct StudyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of seeds: each batch size is trained with seeds 1, 2, …", valueName: "count"))
  var seeds = 3

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Print the trials and what they will take, from a few measured steps, and end.")
  var dryRun = false

  func validate() throws {
    guard seeds >= 1 else { throw ValidationError("a study needs at least 1 seed, not \(seeds)") }
    guard seeds <= Self.mostSeeds else {
      throw ValidationError("a study has at most \(Self.mostSeeds) seeds, not \(seeds)")
    }
  }

  /// More would take longer than anybody waits.
  private static var mostSeeds: Int { 10_000 }

  /// The seeds of the trials.
  var seedList: [UInt64] { (1...UInt64(seeds)).map { $0 } }
}
