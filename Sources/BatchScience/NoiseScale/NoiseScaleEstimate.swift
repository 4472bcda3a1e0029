public import BatchFoundation

/// The noise scale φ = S/|G|² over a window of updates, how sure it is, or why there is no number.
public struct NoiseScaleEstimate: Sendable, Hashable, Codable {
  /// φ, the ratio of the means of Ŝ and |G|²̂; nil where there is not enough evidence for a number.
  public var value: Double?
  /// The 95 % interval; also where it is too wide for a number, and nil where there is none.
  public var interval: ClosedRange<Double>?
  /// The mean of Ŝ; nil before the first update.
  public var scatter: Double?
  /// The mean of |G|²̂, which may be negative; nil before the first update.
  public var trueSquare: Double?
  /// The number of updates in the window.
  public var probes: Int
  /// The number of them whose |G|²̂ is negative: they are kept, and many of them say that the batch is small.
  public var negative: Int
  /// Why there is no number; nil where there is one.
  public var shortage: NoiseScaleShortage?

  /// An estimate with all of its parts.
  public init(
    value: Double? = nil, interval: ClosedRange<Double>? = nil, scatter: Double? = nil, trueSquare: Double? = nil,
    probes: Int, negative: Int = 0, shortage: NoiseScaleShortage? = nil
  ) {
    self.value = value
    self.interval = interval
    self.scatter = scatter
    self.trueSquare = trueSquare
    self.probes = probes
    self.negative = negative
    self.shortage = shortage
  }

  /// Whether there is a number.
  public var isEnough: Bool { value != nil }
}

/// Why a window gives no noise scale.
public enum NoiseScaleShortage: DiagnosticError, Hashable, Codable {
  /// No update was observed.
  case nothingObserved
  /// Every batch had one example, whose gradient does not scatter.
  case batchesOfOne
  /// Every gradient was infinite or no number.
  case notFinite
  /// All gradients are 0: the loss is at its minimum for every example, and there is neither noise nor signal.
  case zeroGradients
  /// Fewer updates than an interval needs, and how many are missing.
  case fewProbes(missing: Int)
  /// Updates are so alike that the window is shorter than the block which an interval leaves out.
  case shorterThanBlock(length: Int, missing: Int)
  /// The mean of |G|²̂ cannot be told from 0; so many updates more are needed at least, nil where that cannot be said.
  case noSignal(missing: Int?)
  /// The interval is wider than asked; about so many updates more would do.
  case wide(missing: Int)

  public var diagnosis: Diagnosis {
    switch self {
    case .nothingObserved: Diagnosis(.numerical, "no update was observed")
    case .batchesOfOne:
      Diagnosis(.numerical, "the gradient of a batch of one example does not scatter", hint: "use batches of 2 or more")
    case .notFinite:
      Diagnosis(.numerical, "every gradient was infinite or no number", hint: "look for a divergence of the training")
    case .zeroGradients: Diagnosis(.numerical, "the gradients are 0: there is neither noise nor signal")
    case .fewProbes(let missing):
      Self.notEnough("about \(missing)", missing, because: "an interval needs \(RatioJackknife.leastCount) updates")
    case .shorterThanBlock(let length, let missing):
      Self.notEnough(
        "about \(missing)", missing,
        because: "updates are so alike that the window is shorter than a block of \(length)")
    case .noSignal(let missing?):
      Self.notEnough("at least \(missing)", missing, because: "|G|² cannot be told from 0")
    case .noSignal: Diagnosis(.numerical, "not enough evidence: |G|² cannot be told from 0", hint: "use larger batches")
    case .wide(let missing): Self.notEnough("about \(missing)", missing, because: "the interval is wider than asked")
    }
  }

  private static func notEnough(_ count: String, _ missing: Int, because reason: String) -> Diagnosis {
    Diagnosis(.numerical, "not enough evidence: \(count) more probe\(missing == 1 ? "" : "s"), for \(reason)")
  }
}
