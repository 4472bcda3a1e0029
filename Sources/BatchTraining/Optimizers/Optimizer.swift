public import BatchAlgebra

/// A rule that turns a gradient into an update of the parameters.
///
/// An optimizer is a configuration; its state lies in one vector of the parameters' layout for each of ``stateNames``,
/// which the training step owns and hands over. A rule of your own is one generic function:
///
/// ```swift
/// struct SignDescent: Optimizer {
///   var learningRate = 0.001
///   var stateNames: [String] { ["momentum_buffer"] }
///   var description: String { "sign descent, rate \(learningRate)" }
///   func rule(step: Int, for kind: ParameterKind) -> UpdateRule { .custom }
///
///   func update<S: Scalar>(_ piece: UpdatePiece<S>) {
///     let rate = S(piece.learningRate)
///     let (w, g, v) = (piece.parameters, piece.gradient, piece.state(0))
///     for i in w.indices {
///       v[i] = 0.9 * v[i] + g[i]
///       w[i] -= v[i] < 0 ? -rate : rate
///     }
///   }
/// }
/// ```
///
/// It fulfils the requirement for `Float` and the one for `Double`, and is compiled for both: nothing needs to be added
/// for speed. What an optimizer's description says is how runs and studies know it again: let it tell every setting.
public protocol Optimizer: Sendable, CustomStringConvertible {
  /// The step size η.
  var learningRate: Double { get set }
  /// The names of the state vectors, in the order in which they are handed over; PyTorch's where it has them.
  var stateNames: [String] { get }
  /// What every element of state vector number `index` is before the first update; 0 unless told otherwise.
  func initialState(_ index: Int) -> Double

  /// What update number `step`, the first of which is 1, does to parameters of a kind; asked for once an update.
  func rule(step: Int, for kind: ParameterKind) -> UpdateRule

  /// Updates a piece of a parameter and its state in place, for ``UpdateRule/custom``; called from several threads.
  func update(_ piece: UpdatePiece<Float>)
  /// The same in double precision; one generic function does for both.
  func update(_ piece: UpdatePiece<Double>)

  /// The first of two passes for ``UpdateRule/normed``: measures a piece of a parameter, and updates the state that
  /// this takes; the norms of the weights and the gradient unless told otherwise.
  func measure(_ piece: UpdatePiece<Float>) -> SquaredNorms
  /// The same in double precision; one generic function does for both.
  func measure(_ piece: UpdatePiece<Double>) -> SquaredNorms
  /// The rule of the second pass for ``UpdateRule/normed``, from what the first has measured of a whole parameter.
  func rule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> ElementwiseRule
}

extension Optimizer {
  /// The number of state vectors.
  public var stateCount: Int { stateNames.count }

  public func initialState(_ index: Int) -> Double { 0 }

  public func update<S: Scalar>(_ piece: UpdatePiece<S>) {
    fatalError("\(self) has a rule of its own, and no update(_:)")
  }

  public func measure<S: Scalar>(_ piece: UpdatePiece<S>) -> SquaredNorms {
    guard let weights = piece.parameters.baseAddress, let gradient = piece.gradient.baseAddress else {
      return SquaredNorms()
    }
    return SquaredNorms(
      weights: S.kernelSumOfSquares(piece.instructionSet, piece.count, weights),
      steps: S.kernelSumOfSquares(piece.instructionSet, piece.count, gradient))
  }

  public func rule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> ElementwiseRule {
    fatalError("\(self) uses norms, and has no rule(step:for:norms:)")
  }

  /// Whether the update of some parameters depends on norms over all of their elements.
  var usesNorms: Bool { rule(step: 1, for: .weight) == .normed || rule(step: 1, for: .vector) == .normed }
}

/// An optimizer that scales steps by running moments, whose decays and ε a change of batch size changes, too.
public protocol AdaptiveOptimizer: Optimizer {
  /// The decay β₁ of the first moment; 0 where there is none.
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
