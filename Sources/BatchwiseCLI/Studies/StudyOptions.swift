import ArgumentParser
import Batchwise

/// How many trials a study has, and which of them are run.
struct StudyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of seeds: each batch size is trained with seeds 1, 2, …", valueName: "count"))
  var seeds = 3

  @Option(
    help: ArgumentHelp(
      "Run only one shard of the trials, as 2/4 for the second of four; 'batchwise report' puts the folders of shards "
        + "together that do not share one.", valueName: "part"), transform: { try StudyOptions.shard($0) })
  var shard: StudyShard?

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

  private static func shard(_ text: String) throws -> StudyShard {
    guard let shard = StudyShard(text) else {
      throw ValidationError("write 2/4 for the second of four parts, from 1/4 to 4/4")
    }
    return shard
  }

  /// More would take longer than anybody waits.
  private static var mostSeeds: Int { 10_000 }

  /// The seeds of the trials.
  var seedList: [UInt64] { (1...UInt64(seeds)).map { $0 } }
}
