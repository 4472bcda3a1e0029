public import BatchAlgebra

/// A rule that turns a gradient into an update of the parameters.
///
/// An optimizer is a configuration; its state lies in ``stateCount`` vectors of the parameters' shape that the training
/// step owns and hands over. An update treats every element alike, so that a team can share the vector out.
public protocol Optimizer: Sendable, CustomStringConvertible {
  /// The step size η.
  var learningRate: Double { get set }
  /// The number of state vectors.
  var stateCount: Int { get }
  /// Updates the elements in `range` of the parameters and the state.
  func update<S: Scalar>(
    parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>, state: UnsafeMutablePointer<S>?,
    stateStride: Int, range: Range<Int>)
}

/// Optimizer settings that make no sense.
public struct OptimizerError: Error, Equatable, CustomStringConvertible {
  /// The setting, its value and what it must be.
  public let description: String

  /// An error that names the setting, its value and what it must be.
  public init(_ description: String) { self.description = description }
}
