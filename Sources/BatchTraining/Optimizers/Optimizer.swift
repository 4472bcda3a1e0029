public import BatchAlgebra
public import CBatchKernels

/// A rule that turns a gradient into an update of the parameters.
///
/// An optimizer is a configuration; its state lies in one vector of the parameters' layout for each of ``stateNames``,
/// which the training step owns and hands over. There are three kinds of rules, by what the update of an element
/// depends on:
///
/// - its own weight, gradient and state, by a rule that the kernels know: ``kernelRule(step:for:)``, which layers can
///   apply in their backward pass;
/// - norms of the whole parameter, too, as in LARS and LAMB: ``usesNorms``;
/// - anything else: ``update(parameters:gradient:state:stateStride:range:step:)``.
public protocol Optimizer: Sendable, CustomStringConvertible {
  /// The step size η.
  var learningRate: Double { get set }
  /// The names of the state vectors, in the order in which they are handed over; PyTorch's where it has them.
  var stateNames: [String] { get }
  /// The number of micro-batches in which a full batch goes through the network; 1 unless it is ``Accumulating``.
  var microBatches: Int { get }
  /// What every element of state vector number `index` is before the first update.
  func initialState(_ index: Int) -> Double
  /// The rule as the kernels know it, with the numbers of update number `step` (the first is 1) for parameters of a
  /// kind; nil for a rule that they do not know, which is so for both kinds or for none.
  func kernelRule(step: Int, for kind: ParameterKind) -> bk_update?

  /// Whether the update of a parameter depends on norms over all of its elements.
  var usesNorms: Bool { get }
  /// The first of two passes where the rule uses norms: measures `count` elements of one parameter, and updates the
  /// state that this takes; state vector i of the elements begins at `state + i * stateStride`.
  func measure<S: Scalar>(
    _ kind: ParameterKind, count: Int, parameters: UnsafePointer<S>, gradient: UnsafePointer<S>,
    state: UnsafeMutablePointer<S>?, stateStride: Int, step: Int
  ) -> SquaredNorms
  /// The rule of the second pass, from what the first has measured of all elements of a parameter.
  func kernelRule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> bk_update

  /// Updates the elements in `range` of the parameters and the state, for a rule of neither sort.
  ///
  /// `step` counts updates from 1; state vector i begins at `state + i * stateStride`.
  func update<S: Scalar>(
    parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>, state: UnsafeMutablePointer<S>?,
    stateStride: Int, range: Range<Int>, step: Int)
}

extension Optimizer {
  /// A batch goes through the network at once.
  public var microBatches: Int { 1 }

  /// The number of state vectors.
  public var stateCount: Int { stateNames.count }

  /// Zero.
  public func initialState(_ index: Int) -> Double { 0 }

  /// False: an element's update depends on nothing but its own gradient and state.
  public var usesNorms: Bool { false }

  /// Nothing to do for a rule without norms: the training step does not ask.
  public func measure<S: Scalar>(
    _ kind: ParameterKind, count: Int, parameters: UnsafePointer<S>, gradient: UnsafePointer<S>,
    state: UnsafeMutablePointer<S>?, stateStride: Int, step: Int
  ) -> SquaredNorms {
    preconditionFailure("\(self) uses norms and does not say which")
  }

  /// Nothing to do for a rule without norms: the training step does not ask.
  public func kernelRule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> bk_update {
    preconditionFailure("\(self) uses norms and does not say how")
  }

  /// Nothing to do for a rule that the kernels know: the training step leaves it to them.
  public func update<S: Scalar>(
    parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>, state: UnsafeMutablePointer<S>?,
    stateStride: Int, range: Range<Int>, step: Int
  ) {
    preconditionFailure("\(self) has neither a rule that the kernels know nor an update of its own")
  }
}

/// An optimizer that scales steps by running moments, whose decays and ε a change of batch size changes, too.
public protocol AdaptiveOptimizer: Optimizer {
  /// The decay β₁ of the first moment.
  var beta1: Double { get }
  /// The decay β₂ of the second moment.
  var beta2: Double { get }
  /// The number ε that keeps the quotient finite.
  var epsilon: Double { get }
  /// The same optimizer with other numbers.
  ///
  /// - Throws: ``OptimizerError`` for a rate that is not positive, an ε below the least normal `Float`, or a β
  ///   outside 0 ..< 1.
  func scaled(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double
  ) throws(OptimizerError) -> Self
}
