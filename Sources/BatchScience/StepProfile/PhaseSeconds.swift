public import BatchTraining

/// The mean time of a phase of a training step.
public struct PhaseSeconds: Sendable, Hashable, Codable {
  /// The phase.
  public var phase: StepPhase
  /// The seconds a step.
  public var seconds: Double

  /// A phase and its time.
  public init(phase: StepPhase, seconds: Double) {
    self.phase = phase
    self.seconds = seconds
  }
}

/// The phases of steps that were done in two ways: called, and with gradient and update apart.
struct PhaseSplit {
  /// Of called steps, whose weights may be updated while their gradient is computed.
  let fused: [StepPhase: Double]
  /// Of steps whose gradient is written out first.
  let apart: [StepPhase: Double]

  /// The phases of a called step of `total` seconds.
  ///
  /// An update that is fused with the gradient of the weights cannot be timed by a clock: it is what that phase takes
  /// longer than the gradient alone, and at least nothing. The recorded shares are scaled to the total, which was timed
  /// without a recorder.
  func phases(total: Double) -> [PhaseSeconds] {
    var seconds = fused
    let both = seconds[.backwardWeights] ?? 0
    let gradient = min(both, apart[.backwardWeights] ?? both)
    seconds[.backwardWeights] = gradient
    seconds[.update] = (seconds[.update] ?? 0) + both - gradient
    let sum = seconds.values.reduce(0, +)
    return StepPhase.allCases.map { phase in
      PhaseSeconds(phase: phase, seconds: sum > 0 ? (seconds[phase] ?? 0) / sum * total : 0)
    }
  }
}
