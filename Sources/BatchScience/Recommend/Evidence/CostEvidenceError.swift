public import BatchFoundation

/// Evidence on steps and seconds from which no batch can be chosen.
public enum CostEvidenceError: DiagnosticError, Equatable {
  /// No run reached the goal: nothing says how many updates it takes.
  case noSteps(stopped: Int)
  /// A run whose batch or number of updates cannot be.
  case badSteps(batch: Int, seed: UInt64, steps: Double)
  /// Evidence on the critical batch that is no distribution.
  case badEvidence(median: Double, logDeviation: Double)
  /// Fewer batch sizes than a curve of two unknowns needs.
  case tooFewSizes(count: Int, needed: Int)
  /// None of the batches to choose from has a measured step time.
  case noCandidates(count: Int)
  /// A network of workers that cannot be.
  case badNetwork(bandwidth: Double, latency: Double)
  /// A number of workers below 1, or none at all.
  case badWorkers([Int])

  public var diagnosis: Diagnosis {
    switch self {
    case .noSteps(let stopped):
      Diagnosis(
        .numerical,
        stopped == 0
          ? "no run tells how many updates the goal takes"
          : "none of \(stopped) runs reached the goal",
        hint: "train longer, or choose a goal that is nearer")
    case .badSteps(let batch, let seed, let steps):
      Diagnosis(
        .badData, "batch \(batch), seed \(seed): \(steps) updates to the goal cannot be",
        hint: "a batch has at least 1 example, and updates are a finite number above 0")
    case .badEvidence(let median, let logDeviation):
      Diagnosis(
        .badData,
        "evidence for a critical batch of \(median), give or take \(logDeviation) in its logarithm, cannot be",
        hint: "both are finite numbers above 0")
    case .tooFewSizes(let count, let needed):
      Diagnosis(
        .usage, "\(count) batch sizes that reached the goal are too few for S_min and the critical batch",
        hint: "measure at least \(needed)")
    case .noCandidates(let count):
      Diagnosis(
        .usage, "none of the \(count) batches to choose from lies between sizes whose step was timed",
        hint: "time steps up to the largest batch to choose from")
    case .badNetwork(let bandwidth, let latency):
      Diagnosis(
        .usage, "a network of \(bandwidth) bytes a second with a latency of \(latency) seconds cannot be",
        hint: "the bandwidth is above 0 and the latency at least 0")
    case .badWorkers(let workers):
      Diagnosis(
        .usage, "\(workers) workers cannot be",
        hint: "name at least one number, each from 1 to \(ClusterCost.workerCounts.upperBound)")
    }
  }
}
