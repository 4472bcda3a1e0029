import BatchFoundation
public import BatchProfiling
import Glibc

/// The batch with the least expected time to the goal, and what is known of every other.
///
/// Time to the goal is updates times the time of a step. Both are uncertain; a draw is one curve of the posterior and
/// one set of step times, and everything here, the regret and the worth of knowing more too, is of the same draws.
public struct BatchDecision: Sendable {
  /// A batch to choose from.
  public struct Candidate: Sendable, Hashable, Codable {
    /// The number of examples of an update.
    public var batch: Int
    /// The mean of ``seconds`` over the draws.
    public var expectedSeconds: Double
    /// The seconds of training to the goal.
    public var seconds: CredibleEstimate
    /// The updates to the goal.
    public var steps: CredibleEstimate
    /// The examples to the goal.
    public var examples: CredibleEstimate
    /// How often it is the fastest of all.
    public var probabilityOfBest: Double

    private enum CodingKeys: String, CodingKey {
      case batch, seconds, steps, examples
      case expectedSeconds = "expected_seconds"
      case probabilityOfBest = "probability_of_best"
    }
  }

  /// The batches to choose from, ascending: those whose step time is known.
  public let candidates: [Candidate]
  /// The batches that were asked for and lie beyond those whose step was timed, ascending.
  public let untimed: [Int]
  /// The one with the least expected seconds.
  public let chosen: Candidate
  /// The mean of time at the chosen over time at the best, less 1.
  public let expectedRegret: Double
  /// The expected seconds that would be saved if everything were known: the value of perfect information (Raiffa &
  /// Schlaifer 1961, *Applied Statistical Decision Theory*).
  public let valueOfKnowing: Double

  let curves: [StepsCurve]
  let times: StepTimeDraws
  let seed: UInt64
  /// The seconds to the goal, a row a candidate, a column a draw.
  let seconds: [[Double]]

  /// Decides between batches.
  ///
  /// - Throws: ``CostEvidenceError/noCandidates(count:)`` when the step time of none of them is known.
  public init(
    _ posterior: CostPosterior, times: StepTimeDraws, candidates: [Int], draws: Int = 2000, seed: UInt64 = 0
  ) throws(CostEvidenceError) {
    let asked = Set(candidates).filter { $0 >= 1 }.sorted()
    let batches = asked.filter { times.median(at: $0) != nil }
    guard !batches.isEmpty else { throw .noCandidates(count: candidates.count) }
    let curves = posterior.draws(draws, seed: seed)
    let rows = batches.map { Self.row(at: $0, curves, times) }
    let best = curves.indices.map { draw in rows.reduce(.infinity) { min($0, $1.seconds[draw]) } }
    var items: [Candidate] = []
    for (batch, row) in zip(batches, rows) {
      let steps = CredibleEstimate(of: row.steps)
      let wins = zip(row.seconds, best).count { $0 == $1 }
      items.append(
        Candidate(
          batch: batch, expectedSeconds: Sample(row.seconds).mean, seconds: CredibleEstimate(of: row.seconds),
          steps: steps, examples: steps.multiplied(by: Double(batch)),
          probabilityOfBest: Double(wins) / Double(draws)))
    }
    let index = items.indices.reduce(0) { items[$1].expectedSeconds < items[$0].expectedSeconds ? $1 : $0 }
    self.candidates = items
    untimed = asked.filter { times.median(at: $0) == nil }
    chosen = items[index]
    seconds = rows.map(\.seconds)
    expectedRegret = Sample(zip(seconds[index], best).map { $0 / $1 - 1 }).mean
    valueOfKnowing = chosen.expectedSeconds - Sample(best).mean
    (self.curves, self.times, self.seed) = (curves, times, seed)
  }

  /// The candidates about the chosen whose expected time is at most 10 % above the least.
  public var within10Percent: ClosedRange<Int> {
    let index = chosenIndex
    func isClose(_ candidate: Candidate) -> Bool { candidate.expectedSeconds <= 1.1 * chosen.expectedSeconds }
    let low = candidates[..<index].reversed().prefix(while: isClose).last ?? chosen
    let high = candidates[(index + 1)...].prefix(while: isClose).last ?? chosen
    return low.batch...high.batch
  }

  /// The index of the chosen among the candidates.
  var chosenIndex: Int { candidates.firstIndex { $0.batch == chosen.batch } ?? 0 }

  /// The expected seconds to the goal at any batch, over those at the chosen; nil where a step of it was not timed.
  public func costRatio(at batch: Int) -> (expectedSeconds: Double, ratio: CredibleEstimate)? {
    guard batch >= 1, times.median(at: batch) != nil else { return nil }
    let there = Self.row(at: batch, curves, times).seconds
    return (Sample(there).mean, CredibleEstimate(of: zip(there, seconds[chosenIndex]).map { $0 / $1 }))
  }

  /// The updates that one run takes at a batch, whose seed is another than those that were measured.
  func singleRunSteps(at batch: Int) -> CredibleEstimate {
    var generator = RandomStream(seed: seed, name: "single run")
    return CredibleEstimate(of: curves.map { exp($0.logSteps(at: batch) + $0.noise * generator.normal()) })
  }

  /// Updates and seconds to the goal at a batch whose step time is known, a draw each.
  private static func row(
    at batch: Int, _ curves: [StepsCurve], _ times: StepTimeDraws
  ) -> (steps: [Double], seconds: [Double]) {
    let steps = curves.map { $0.steps(at: batch) }
    // The batch lies between timed sizes, in every draw.
    let seconds = steps.enumerated().map { $1 * (times.seconds(at: batch, draw: $0) ?? .nan) }
    return (steps, seconds)
  }
}
