import BatchAlgebra
import BatchFoundation
import BatchScience

/// A whole study, as one is written: how often coins that come up heads with different chances do so.
///
/// It has its plan, its measurement and its analysis; all that it needs beside them is the mechanism.
struct CoinPlan: StudyPlan {
  static let kind = "coins"
  static let title = "a study of coins"

  struct Trial: StudyTrial {
    var batchSize: Int
    var seed: UInt64
    var key: String { "throws\(batchSize)-s\(seed)" }
    var description: String { "\(batchSize) throws, seed \(seed)" }
  }

  /// One throw.
  struct Record: Codable, Hashable, Sendable {
    var isHeads: Bool
  }

  /// All of them.
  struct Outcome: Codable, Hashable, Sendable {
    var heads: Int
  }

  var chance: Double
  var throwCounts = [8, 32]
  var seeds: [UInt64] = [1, 2, 3]

  var trials: [Trial] { seeds.flatMap { seed in throwCounts.map { Trial(batchSize: $0, seed: seed) } } }

  func differences(from other: CoinPlan) -> [String] {
    chance == other.chance ? [] : ["chance (here \(chance), asked for \(other.chance))"]
  }

  func fault(in trial: TrialResult<CoinPlan>) -> TrialFault? {
    let heads = trial.records.count(where: \.isHeads)
    return heads == trial.outcome.heads && trial.records.count == trial.trial.batchSize
      ? nil : TrialFault("its throws do not add up")
  }

  /// The share of heads by the number of throws.
  func analysis(of results: StudyResults<CoinPlan>) -> [Int: Sample] {
    Dictionary(grouping: results.trials) { $0.trial.batchSize }.mapValues { trials in
      Sample(trials.map { Double($0.outcome.heads) / Double($0.trial.batchSize) })
    }
  }
}

struct CoinMeasurement: StudyMeasurement {
  var plan: CoinPlan

  func measure(_ trial: CoinPlan.Trial, _ recorder: TrialRecorder<CoinPlan>) throws(StudyError) -> CoinPlan.Outcome {
    var stream = RandomStream(seed: trial.seed, name: "coin \(trial.batchSize)")
    var heads = 0
    for count in 1...trial.batchSize {
      let isHeads = stream.uniform() < plan.chance
      heads += isHeads ? 1 : 0
      try recorder.record(CoinPlan.Record(isHeads: isHeads))
      try recorder.progress(Double(count) / Double(trial.batchSize), (name: "heads", value: Double(heads)))
    }
    return CoinPlan.Outcome(heads: heads)
  }

  func cost(_ context: ComputeContext, team: ThreadTeam) -> StudyCost { StudyCost(entries: []) }
}
