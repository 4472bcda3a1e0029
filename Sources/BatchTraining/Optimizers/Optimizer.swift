public import BatchAlgebra
public import CBatchKernels

/// A rule that turns a gradient into an update of the parameters.
///
/// An optimizer is a configuration; its state lies in ``stateCount`` vectors of the parameters' shape that the training
/// step owns and hands over. An update treats every element alike, so that a team can share the vector out.
public protocol Optimizer: Sendable, CustomStringConvertible {
  /// The step size η.
  var learningRate: Double { get set }
  /// The number of state vectors.
  var stateCount: Int { get }
  /// The number of micro-batches in which a full batch goes through the network; 1 unless it is ``Accumulating``.
  var microBatches: Int { get }
  /// The rule as the kernels know it, with the numbers of update number `step` (the first is 1); nil for a rule that
  /// they do not know.
  ///
  /// What the kernels know, layers can do in their backward pass.
  func kernelRule(step: Int) -> bk_update?
  /// Updates the elements in `range` of the parameters and the state; called for a rule that the kernels do not know.
  ///
  /// `step` counts updates from 1; state vector i begins at `state + i * stateStride`.
  func update<S: Scalar>(
    parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>, state: UnsafeMutablePointer<S>?,
    stateStride: Int, range: Range<Int>, step: Int)
}

extension Optimizer {
  /// A batch goes through the network at once.
  public var microBatches: Int { 1 }

  /// Nothing to do for a rule that the kernels know: the training step leaves it to them.
  public func update<S: Scalar>(
    parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>, state: UnsafeMutablePointer<S>?,
    stateStride: Int, range: Range<Int>, step: Int
  ) {
    preconditionFailure("\(self) has neither a rule that the kernels know nor an update of its own")
  }
}

/// Optimizer settings that make no sense.
public struct OptimizerError: Error, Equatable, CustomStringConvertible {
  /// The setting, its value and what it must be.
  public let description: String

  /// An error that names the setting, its value and what it must be.
  public init(_ description: String) { self.description = description }
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
