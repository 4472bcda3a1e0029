/// How long a running sweep will still take, from the speed of the updates it has made.
///
/// Speed depends on the batch size: a size that has run counts with its own seconds an example, another with the mean.
public struct RemainingTime {
  private let examplesPerTrial: Double
  private var pending: [TrialID]
  private var secondsByBatchSize: [Int: (seconds: Double, examples: Double)] = [:]
  private var current: TrialID?
  private var currentDone = 0.0
  private var lastInstant = ContinuousClock.now

  /// The remaining trials of a plan, each of `epochs` passes over the training part; equal ones count each for itself.
  public init(plan: SweepPlan, remaining: [TrialID]) {
    examplesPerTrial = Double(plan.epochs * (plan.exampleCounts.first ?? 0))
    pending = remaining
  }

  /// A trial begins.
  public mutating func start(_ trial: TrialID) {
    current = trial
    currentDone = 0
    lastInstant = .now
  }

  /// An update of the running trial is done; time since the last one is charged to it, evaluations included.
  public mutating func update(share: Double) {
    guard let current else { return }
    let now = ContinuousClock.now
    let done = share * examplesPerTrial
    var entry = secondsByBatchSize[current.batchSize] ?? (0, 0)
    entry.seconds += (now - lastInstant) / .seconds(1)
    entry.examples += done - currentDone
    secondsByBatchSize[current.batchSize] = entry
    currentDone = done
    lastInstant = now
  }

  /// The running trial is safe.
  public mutating func finish() {
    if let current, let index = pending.firstIndex(of: current) { pending.remove(at: index) }
    (current, currentDone) = (nil, 0)
  }

  /// The seconds left; nil before the first update.
  public var seconds: Double? {
    let all = secondsByBatchSize.values.reduce((0.0, 0.0)) { ($0.0 + $1.seconds, $0.1 + $1.examples) }
    guard all.1 > 0 else { return nil }
    func secondsPerExample(_ trial: TrialID) -> Double {
      let own = secondsByBatchSize[trial.batchSize].flatMap { $0.examples > 0 ? $0.seconds / $0.examples : nil }
      return own ?? all.0 / all.1
    }
    let done = current.map { currentDone * secondsPerExample($0) } ?? 0
    return max(0, pending.reduce(-done) { $0 + examplesPerTrial * secondsPerExample($1) })
  }
}
