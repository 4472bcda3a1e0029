/// Measured step times from which nothing can be concluded.
public enum StepTimeError: Error, Equatable, Sendable, CustomStringConvertible {
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

  public var description: String {
    switch self {
    case .tooFewSizes(let count, let needed):
      "\(count) batch sizes are too few; measure at least \(needed)"
    case .tooFewCycles(let count, let needed):
      "\(count) cycles are too few for an interval; measure at least \(needed)"
    case .cyclesDiffer(let batch, let count, let expected):
      "batch \(batch) has \(count) samples where the smallest batch has \(expected); keep one of every batch in every "
        + "cycle"
    case .repeatedBatch(let batch):
      "batch \(batch) stands twice among the points; give all its samples in one"
    case .noBatch(let batch):
      "a batch size must be at least 1, not \(batch)"
    case .noTime(let batch, let cycle, let seconds):
      "batch \(batch), cycle \(cycle): \(seconds) seconds are no duration; leave the cycle out at every batch size"
    }
  }
}
