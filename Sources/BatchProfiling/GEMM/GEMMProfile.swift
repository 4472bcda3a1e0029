import BatchAlgebra

/// A profile of products: the machine, the plan, the raw samples and what they come to.
public struct GEMMProfile: Sendable, Hashable, Codable {
  /// An engine that was not timed, and why.
  public struct Rejection: Sendable, Hashable, Codable {
    /// The engine's name.
    public var engine: String
    /// What is wrong with it.
    public var reason: String
  }

  /// The machine and the software.
  public var environment: MachineEnvironment
  /// What was timed.
  public var plan: GEMMProfilePlan
  /// What the machine can do at most.
  public var ceilings: MachineCeilings
  /// The products, in the order of the plan, with added batch sizes among them.
  public var points: [GEMMPoint]
  /// What tells how much the machine changes from this profile to another, for each number of threads; nil in profiles
  /// of versions without it.
  public var controls: [ControlSamples]?
  /// The engines that computed wrongly, and so were not timed.
  public var rejections: [Rejection]
  /// Where the throughput falls from one batch size to the next, beyond doubt.
  public var cliffs: [Cliff]
  /// The number of cycles of the main run.
  public var cycles: Int
  /// The duration of all of it in seconds.
  public var seconds: Double
  /// Whether it was stopped before it was done.
  public var wasStopped: Bool

  /// The point of a key; nil where it was not timed.
  public func point(_ key: GEMMPointKey) -> GEMMPoint? { points.first { $0.key == key } }

  /// How much faster one engine is than another at the same product, in cycles that both were sampled in; without an
  /// interval where one of them never got quiet.
  public func comparison(_ point: GEMMPoint, with other: GEMMPoint, margin: Double = 0.03) -> SpeedComparison? {
    let (times, others) = point.samples.sharedTimes(with: other.samples)
    guard !times.isEmpty else { return nil }
    var comparison = SpeedComparison(pairing: times, with: others, margin: margin)
    if !point.samples.gotQuiet || !other.samples.gotQuiet { comparison.interval = nil }
    return comparison
  }

  /// The points of each layer, pass, number of threads and engine, ascending by batch size.
  public var curves: [[GEMMPoint]] {
    var order: [GEMMPointKey] = []
    var curves: [GEMMPointKey: [GEMMPoint]] = [:]
    for point in points {
      let key = point.key.with(batch: 0)
      if curves[key] == nil { order.append(key) }
      curves[key, default: []].append(point)
    }
    return order.map { curves[$0, default: []].sorted { $0.key.batch < $1.key.batch } }
  }
}

extension TimedSamples {
  /// The times that count of the cycles in which both have one.
  public func sharedTimes(with other: TimedSamples) -> (times: [Double], others: [Double]) {
    let theirs = other.timesByCycle
    let shared = zip(timedCycles, times).filter { theirs[$0.0] != nil }
    return (shared.map(\.1), shared.map { theirs[$0.0] ?? .nan })
  }
}
