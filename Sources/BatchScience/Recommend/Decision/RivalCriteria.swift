import BatchProfiling

/// What other ways to choose a batch would have chosen, and what that costs.
public struct RivalCriteria: Sendable, Hashable {
  /// Another way to choose.
  public struct Rival: Sendable, Hashable, Codable {
    /// The criterion, with its threshold where it has one.
    public var criterion: String
    /// What it asks for, in one sentence.
    public var reason: String
    /// What it chooses, at least 1; nil where it names none.
    public var batch: Int?
    /// The expected seconds to the goal there; nil where the step was not timed so far.
    public var expectedSeconds: Double?
    /// The seconds over those at the chosen batch; nil where the step was not timed so far.
    public var costRatio: CredibleEstimate?

    private enum CodingKeys: String, CodingKey {
      case criterion, reason, batch
      case expectedSeconds = "expected_seconds"
      case costRatio = "cost_ratio"
    }
  }

  /// What the criteria choose by beside the decision's own numbers; nil where it was not measured.
  public struct Measured: Sendable, Hashable {
    /// The largest batch that fits into memory.
    public var largestThatFits: Int?
    /// The smallest batch with most of the throughput, ``/BatchProfiling/ThroughputKnee/batch``.
    public var throughputKnee: Int?
    /// The median noise scale φ of a run, in examples.
    public var noiseScale: Double?
    /// The choices of the criteria that look at gradients.
    public var readout: BatchReadout?

    /// What was measured.
    public init(
      largestThatFits: Int? = nil, throughputKnee: Int? = nil, noiseScale: Double? = nil, readout: BatchReadout? = nil
    ) {
      self.largestThatFits = largestThatFits
      self.throughputKnee = throughputKnee
      self.noiseScale = noiseScale
      self.readout = readout
    }
  }

  /// The rivals; those that know no step time first.
  public let rivals: [Rival]

  /// What the rivals choose, and what it costs by the draws of a decision.
  public init(_ decision: BatchDecision, _ measured: Measured) {
    var choices: [(criterion: String, reason: String, batch: Double?)] = [
      ("32 by habit", "a common default, whatever the task and the machine", 32),
      ("largest candidate that fits", "memory is to be full", measured.largestThatFits.map(Double.init)),
    ]
    // Of Pollux the goodput below has the machine, too.
    for choice in measured.readout?.choices ?? [] where !choice.criterion.hasPrefix("Pollux") {
      choices.append((choice.criterion, choice.reason, choice.batch))
    }
    choices += [
      (
        "throughput knee", "most of the examples a second that ever larger batches approach",
        measured.throughputKnee.map(Double.init)
      ),
      (
        "fastest multiple of 8", "the most examples a second of all multiples of 8",
        Self.fastest(decision.candidates.map(\.batch).filter { $0.isMultiple(of: 8) }, decision.times).map(Double.init)
      ),
      (
        "Pollux, goodput",
        "the throughput times (φ + B₀)/(φ + B), the share of an example's worth that is left: φ is taken for certain",
        measured.noiseScale.flatMap { Self.goodput($0, decision).map(Double.init) }
      ),
    ]
    rivals = choices.map { choice in
      let batch = choice.batch.flatMap { $0.isFinite && $0 < 1e15 ? max(1, Int($0.rounded())) : nil }
      let cost = batch.flatMap(decision.costRatio(at:))
      return Rival(
        criterion: choice.criterion, reason: choice.reason, batch: batch, expectedSeconds: cost?.expectedSeconds,
        costRatio: cost?.ratio)
    }
  }

  private static func fastest(_ batches: [Int], _ times: StepTimeDraws) -> Int? {
    batches.max { throughput($0, times) < throughput($1, times) }
  }

  /// The batch of the largest goodput; B₀ is a common factor.
  ///
  /// Qiao et al. 2021, *Pollux*, OSDI, eq. 5.
  private static func goodput(_ noiseScale: Double, _ decision: BatchDecision) -> Int? {
    func goodput(_ batch: Int) -> Double { throughput(batch, decision.times) / (noiseScale + Double(batch)) }
    return decision.candidates.map(\.batch).max { goodput($0) < goodput($1) }
  }

  private static func throughput(_ batch: Int, _ times: StepTimeDraws) -> Double {
    times.median(at: batch).map { Double(batch) / $0 } ?? 0
  }
}
