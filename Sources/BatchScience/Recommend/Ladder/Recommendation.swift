/// Which batch size to train with, what it costs, and how sure that is.
public struct Recommendation: Sendable, Hashable, Codable {
  /// Whether there is an answer.
  public enum Verdict: String, Sendable, Hashable, Codable {
    /// There is.
    case answer
    /// The evidence does not carry one.
    case notEnoughEvidence = "not-enough-evidence"
  }

  /// A range of batch sizes, ends included; in a file its two ends.
  public struct BatchRange: Sendable, Hashable, Codable {
    /// The smallest.
    public var low: Int
    /// The largest.
    public var high: Int

    /// A range.
    public init(low: Int, high: Int) {
      self.low = low
      self.high = high
    }

    public init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      low = try container.decode(Int.self)
      high = try container.decode(Int.self)
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(low)
      try container.encode(high)
    }
  }

  /// How the critical batch is known.
  public enum Evidence: String, Sendable, Hashable, Codable {
    /// From the noise scale of a pilot alone.
    case noiseScale = "noise-scale"
    /// From tuned runs at several batch sizes, and the noise scale.
    case tunedRuns = "tuned-runs"
    /// From nothing.
    case none
  }

  /// Whether there is an answer.
  public var verdict: Verdict
  /// Why there is none, and what to do; nil where there is one.
  public var shortage: String?
  /// The goal; of a budget the level that the pilot came to with it, nil where it came to none.
  public var goal: TrainingGoal?
  /// The number of examples that an update averages.
  public var updateBatch: Int?
  /// The number of examples that go through the network at once.
  public var microBatch: Int?
  /// The learning rate of that batch, constant and without warm-up.
  public var learningRate: Double?
  /// Whether the rate was tuned at that batch; else it follows from another by a rule.
  public var rateIsTuned: Bool
  /// The number of rates that were tried at that batch.
  public var triedRates: Int
  /// How the rate goes with the batch: the text of a rule, from the pilot's batch.
  public var rule: String
  /// The seconds of training to the goal, evaluations not counted, on the quiet machine, with its 90 % interval.
  public var seconds: CredibleEstimate?
  /// The updates to the goal.
  public var steps: CredibleEstimate?
  /// The examples to the goal.
  public var examples: CredibleEstimate?
  /// The updates that a single run takes to the goal, whose seed may be a slow one; the others are of the mean over seeds.
  public var singleRunSteps: CredibleEstimate?
  /// The batches whose expected time is at most 10 % above the least.
  public var within10Percent: BatchRange?
  /// The critical batch.
  public var criticalBatch: CredibleEstimate?
  /// How it is known.
  public var evidence: Evidence
  /// The median noise scale of the pilot; nil where there was none.
  public var noiseScale: Double?
  /// By how much the time at the batch of the least expected time is expected to be above the least there is, as a share;
  /// the recommended one, where it was trained with, may take 3 % more.
  public var expectedRegret: Double?
  /// What the answer rests on least firmly.
  public var weakestLink: String
  /// What one more batch size, tuned, would be worth: the seconds that it is expected to save a run, and its cost.
  public var nextMeasurement: NextMeasurement?
  /// The seconds on the clock that the evidence took.
  public var spentSeconds: Double
  /// The command that trains so; nil where there is none.
  public var command: String?
  /// All candidates with their times to the goal.
  public var candidates: [BatchDecision.Candidate]
  /// What other criteria would have chosen, and what that costs.
  public var rivals: [RivalCriteria.Rival]

  /// What one more measurement would be worth.
  public struct NextMeasurement: Sendable, Hashable, Codable {
    /// The batch that would be measured.
    public var batch: Int
    /// The seconds that each training is expected to take less by it.
    public var savedSeconds: Double
    /// The seconds that it would take.
    public var costSeconds: Double

    private enum CodingKeys: String, CodingKey {
      case batch
      case savedSeconds = "saved_seconds"
      case costSeconds = "cost_seconds"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case verdict, shortage, goal
    case updateBatch = "update_batch"
    case microBatch = "micro_batch"
    case learningRate = "learning_rate"
    case rateIsTuned = "rate_is_tuned"
    case triedRates = "tried_rates"
    case rule, seconds, steps, examples
    case singleRunSteps = "single_run_steps"
    case within10Percent = "within_10_percent"
    case criticalBatch = "critical_batch"
    case evidence
    case noiseScale = "noise_scale"
    case expectedRegret = "expected_regret"
    case weakestLink = "weakest_link"
    case nextMeasurement = "next_measurement"
    case spentSeconds = "spent_seconds"
    case command, candidates, rivals
  }
}

extension Recommendation {
  /// What cannot be true of an answer that was read from a file; nil for nothing.
  var fault: String? {
    func isOdd(_ estimate: CredibleEstimate?) -> Bool {
      guard let estimate else { return false }
      return
        !(estimate.low > 0 && estimate.low <= estimate.high && estimate.high < 1e30 && estimate.value > 0
        && estimate.value < 1e30)
    }
    let estimates = [seconds, steps, examples, singleRunSteps, criticalBatch]
    let all = estimates + candidates.flatMap { [$0.seconds, $0.steps, $0.examples] } + rivals.map(\.costRatio)
    guard !all.contains(where: isOdd) else { return "the recommendation has an interval that cannot be" }
    let batches = candidates.map(\.batch) + [updateBatch, microBatch].compactMap { $0 }
    guard batches.allSatisfy({ 1...Int(Int32.max) ~= $0 }),
      candidates.map(\.batch) == Set(candidates.map(\.batch)).sorted()
    else { return "the recommendation has batch sizes that cannot be" }
    return learningRate.map { $0 > 0 && $0 < 1e6 } ?? true ? nil : "the recommendation has a rate that cannot be"
  }
}
