/// What the trials of a study will take, from a few measured steps at each batch size.
public struct StudyCost: Sendable {
  /// The cost of the trials of one batch size.
  public struct Entry: Sendable {
    /// The batch size.
    public let batchSize: Int
    /// The number of trials.
    public let trialCount: Int
    /// The number of updates of one trial.
    public let updates: Int
    /// The seconds of training of one trial; evaluation is not counted.
    public let secondsPerTrial: Double

    /// The mean time of a step in seconds.
    public var secondsPerStep: Double { secondsPerTrial / Double(updates) }
    /// The seconds of training of all trials.
    public var seconds: Double { secondsPerTrial * Double(trialCount) }

    /// The cost of trials with so many updates of each size, by the median time of a step of that size.
    public init(
      batchSize: Int, trialCount: Int, updatesBySize: [Int: Int], secondsPerStep: (_ size: Int) -> Double
    ) {
      self.batchSize = batchSize
      self.trialCount = trialCount
      updates = updatesBySize.values.reduce(0, +)
      secondsPerTrial = updatesBySize.reduce(0) { $0 + Double($1.value) * secondsPerStep($1.key) }
    }
  }

  /// The batch sizes, ascending.
  public let entries: [Entry]

  /// The cost of a study.
  public init(entries: [Entry]) { self.entries = entries }

  /// The number of trials of the whole plan.
  public var trialCount: Int { entries.reduce(0) { $0 + $1.trialCount } }
  /// The seconds of training of the whole plan.
  public var seconds: Double { entries.reduce(0) { $0 + $1.seconds } }
}

/// How long a running study will still take, from the speed of what it has measured.
///
/// Speed depends on the batch size: a size that has run counts with its own seconds a trial, another with the mean.
public struct RemainingTime {
  private var pending: [Int]
  private var secondsByBatchSize: [Int: (seconds: Double, trials: Double)] = [:]
  private var current: Int?
  private var currentShare = 0.0
  private var lastInstant = ContinuousClock.now

  /// The batch sizes of the trials that are left; equal ones count each for itself.
  public init(batchSizes: [Int]) { pending = batchSizes }

  /// A trial begins.
  public mutating func start(batchSize: Int) {
    current = batchSize
    currentShare = 0
    lastInstant = .now
  }

  /// So much of the running trial is done; time since the last call is charged to it, evaluations included.
  public mutating func update(share: Double) {
    guard let current else { return }
    let now = ContinuousClock.now
    var entry = secondsByBatchSize[current] ?? (0, 0)
    entry.seconds += (now - lastInstant) / .seconds(1)
    entry.trials += share - currentShare
    secondsByBatchSize[current] = entry
    currentShare = share
    lastInstant = now
  }

  /// The running trial is safe.
  public mutating func finish() {
    if let current, let index = pending.firstIndex(of: current) { pending.remove(at: index) }
    (current, currentShare) = (nil, 0)
  }

  /// The seconds left; nil before anything was measured.
  public var seconds: Double? {
    let all = secondsByBatchSize.values.reduce((0.0, 0.0)) { ($0.0 + $1.seconds, $0.1 + $1.trials) }
    guard all.1 > 0 else { return nil }
    func secondsPerTrial(_ batchSize: Int) -> Double {
      let own = secondsByBatchSize[batchSize].flatMap { $0.trials > 0 ? $0.seconds / $0.trials : nil }
      return own ?? all.0 / all.1
    }
    let done = current.map { currentShare * secondsPerTrial($0) } ?? 0
    return max(0, pending.reduce(-done) { $0 + secondsPerTrial($1) })
  }
}
