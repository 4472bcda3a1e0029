public import BatchFoundation

/// Optimizer settings that make no sense.
public struct OptimizerError: DiagnosticError, Equatable {
  /// The setting, its value and what it must be.
  public let problem: String

  /// An error that names the setting, its value and what it must be.
  public init(_ problem: String) { self.problem = problem }

  public var diagnosis: Diagnosis { Diagnosis(.usage, problem) }
}

/// Throws unless a setting is a number above 0.
func requirePositive(_ name: String, _ value: Double) throws(OptimizerError) {
  guard value > 0, value.isFinite else { throw OptimizerError("\(name) must be a positive number, not \(value)") }
}

/// Throws unless a setting is a number and not below 0.
func requireNotNegative(_ name: String, _ value: Double) throws(OptimizerError) {
  guard value >= 0, value.isFinite else { throw OptimizerError("\(name) must be 0 or more, not \(value)") }
}

/// Throws unless a setting lies in 0 ..< 1, as the share of the past that a running mean keeps.
func requireBelowOne(_ name: String, _ value: Double) throws(OptimizerError) {
  guard value >= 0, value < 1 else { throw OptimizerError("\(name) must be at least 0 and below 1, not \(value)") }
}

/// Throws unless ε is above 0 in single precision, too, in which subnormal numbers are zeros to a step.
func requireEpsilon(_ value: Double) throws(OptimizerError) {
  try requirePositive("epsilon", value)
  guard value >= Double(Float.leastNormalMagnitude) else {
    throw OptimizerError(
      "epsilon must be at least \(Float.leastNormalMagnitude), not \(value): that is 0 in single precision")
  }
}
