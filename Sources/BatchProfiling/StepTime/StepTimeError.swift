public import BatchFoundation

/// Measured step times from which nothing can be concluded.
public enum StepTimeError: DiagnosticError, Equatable {
  /// Fewer batch sizes than the question needs.
  case tooFewSizes(count: Int, needed: Int)
  /// Fewer cycles than a 95 % interval needs.
  case tooFewCycles(count: Int, needed: Int)
  /// A batch size that was not measured in every cycle.
  case cyclesDiffer(batch: Int, count: Int, expected: Int)
  /// A batch size that stands twice among the points.
  case repeatedBatch(Int)
  /// A batch size below 1.
  case noBatch(Int)
  /// A time that is zero, negative, infinite or no number.
  case noTime(batch: Int, cycle: Int, seconds: Double)
  /// A median that is zero, negative, infinite or no number, or lies beyond its interval.
  case noMedian(batch: Int, seconds: Double)

  public var diagnosis: Diagnosis {
    switch self {
    case .tooFewSizes(let count, let needed):
      Diagnosis(.usage, "\(count) batch sizes are too few", hint: "measure at least \(needed)")
    case .tooFewCycles(let count, let needed):
      Diagnosis(.usage, "\(count) cycles are too few for an interval", hint: "measure at least \(needed)")
    case .cyclesDiffer(let batch, let count, let expected):
      Diagnosis(
        .badData, "batch \(batch) has \(count) samples where the smallest batch has \(expected)",
        hint: "keep one of every batch in every cycle")
    case .repeatedBatch(let batch):
      Diagnosis(.badData, "batch \(batch) stands twice among the points", hint: "give all its samples in one")
    case .noBatch(let batch):
      Diagnosis(.usage, "a batch size must be at least 1, not \(batch)")
    case .noTime(let batch, let cycle, let seconds):
      Diagnosis(
        .badData, "batch \(batch), cycle \(cycle): \(seconds) seconds are no duration",
        hint: "leave the cycle out at every batch size")
    case .noMedian(let batch, let seconds):
      Diagnosis(
        .badData, "batch \(batch): \(seconds) seconds with its interval are no duration",
        hint: "measure the batch again, or leave it out")
    }
  }
}
