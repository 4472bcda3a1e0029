/// How long and how often things are timed.
public struct TimingSettings: Sendable, Hashable, Codable {
  /// About the duration of one sample in seconds; short, because a long one seldom stays undisturbed.
  public var sampleSeconds = 2.5e-3
  /// About the duration of the untimed calls before each sample, in seconds.
  public var warmUpSeconds = 1e-3
  /// The number of cycles, each with a sample of everything, before anything may count as known well enough.
  public var minimumCycles = 12
  /// The number of cycles at most.
  public var maximumCycles = 400
  /// The time at most, in seconds; the first ``minimumCycles`` are finished whatever they take.
  public var maximumSeconds = 60.0
  /// A median is known well enough when half of its interval's width is at most this share of it.
  public var precision = 0.015
  /// The seed of the order within the cycles.
  public var seed: UInt64 = 1

  /// The standard settings.
  public init() {}
}
