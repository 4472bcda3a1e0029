public import BatchFoundation
public import BatchProfiling
public import BatchTraining

/// A profile of training steps by batch size: the machine, the plan, the raw samples and what they come to.
public struct StepProfile: Sendable, Hashable, Codable {
  /// A batch size, timed.
  public struct Point: Sendable, Hashable, Codable {
    /// The number of examples of a step.
    public var batch: Int
    /// The raw samples.
    public var samples: TimedSamples
    /// The time of a step in seconds, the ``/BatchProfiling/TimedSamples/estimate`` of the samples; nil where a run was
    /// stopped before its first sample.
    public var time: MedianEstimate?
    /// Where the time goes.
    public var phases: [PhaseSeconds]
    /// The floating-point operations of the products over the FMA peak.
    public var ratioToPeak: Double?
    /// The processors' share of time in which the process ran on them, threads that wait by spinning included.
    public var utilisation: Double
    /// How much of the products OpenBLAS computes, and why; nil in profiles of earlier versions.
    public var openBLAS: OpenBLASShare?
    /// The memory of a step that is planned for this batch size.
    public var memory: StepMemory

    /// Whether the time is shorter than the FMA peak allows, beyond what peaks vary: a fault of the measurement.
    public var isBeyondPeak: Bool { (ratioToPeak ?? 0) > 1.05 }

    /// The median number of examples a second.
    public var throughput: Double? { time.map { Double(batch) / $0.value } }

    /// The share of the time that products take; nil where no phases were recorded.
    public var productShare: Double? {
      guard !phases.isEmpty else { return nil }
      let products = phases.filter { [.forward, .backwardData, .backwardWeights].contains($0.phase) }
      return products.reduce(0) { $0 + $1.seconds } / phases.reduce(0) { $0 + $1.seconds }
    }
  }

  /// The machine and the software.
  public var environment: MachineEnvironment
  /// What was timed.
  public var plan: StepProfilePlan
  /// What the machine can do at most.
  public var ceilings: MachineCeilings
  /// The batch sizes, ascending.
  public var points: [Point]
  /// What tells how much the machine changes from this profile to another; nil in profiles of versions without it.
  public var controls: [ControlSamples]?
  /// The largest batch whose training fits the plan's memory; nil where not even one example's does.
  public var largestBatch: Int?
  /// The number of cycles.
  public var cycles: Int
  /// The duration of all of it in seconds.
  public var seconds: Double
  /// Whether it was stopped before it was done.
  public var wasStopped: Bool

  /// The times of the batch sizes that got quiet, in cycles that all of them were sampled in: undisturbed ones where there
  /// are enough.
  public var timePoints: [StepTimePoint] {
    StepTimePoint.points(of: points.filter { $0.time != nil && $0.samples.gotQuiet }.map { ($0.batch, $0.samples) })
  }
}
