public import BatchAlgebra

/// A piece of one parameter, as an optimizer's own rule sees it: the elements that one thread updates.
///
/// All buffers are ``count`` long and mean the same element at the same index. A piece may include elements that only
/// pad the parameter; their gradient is 0, and whatever a rule makes of them is set back to 0 afterwards.
public struct UpdatePiece<S: Scalar> {
  /// The elements of the parameter, to be updated in place.
  public let parameters: UnsafeMutableBufferPointer<S>
  /// Their gradient.
  public let gradient: UnsafeBufferPointer<S>
  /// Where the piece begins in the network's parameter vector.
  public let offset: Int
  /// What decides whether weight decay and the like are for the parameter.
  public let kind: ParameterKind
  /// The number of the update, counted from 1.
  public let step: Int
  /// The optimizer's step size for this update.
  public let learningRate: Double
  private let stateVectors: StateVectors<S>

  init(
    _ range: Range<Int>, of kind: ParameterKind, parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>,
    state: StateVectors<S>, step: Int, learningRate: Double
  ) {
    self.parameters = UnsafeMutableBufferPointer(start: parameters + range.lowerBound, count: range.count)
    self.gradient = UnsafeBufferPointer(start: gradient + range.lowerBound, count: range.count)
    offset = range.lowerBound
    self.kind = kind
    self.step = step
    self.learningRate = learningRate
    stateVectors = state
  }

  /// The instructions that the package's kernels use in this run.
  var instructionSet: InstructionSet { stateVectors.instructionSet }

  /// The number of elements.
  public var count: Int { parameters.count }

  /// The elements' part of the state vector that is called number `index` of ``Optimizer/stateNames``.
  public func state(_ index: Int) -> UnsafeMutableBufferPointer<S> {
    guard let start = stateVectors[index, at: offset] else {
      fatalError("an optimizer asks for state vector \(index), and has named \(stateVectors.count)")
    }
    return UnsafeMutableBufferPointer(start: start, count: count)
  }
}

/// Where an optimizer's state vectors lie: one after another, each laid out like the parameter vector.
struct StateVectors<S: Scalar>: @unchecked Sendable {
  /// The first element of the first vector; nil without state.
  let baseAddress: UnsafeMutablePointer<S>?
  /// The number of vectors.
  let count: Int
  /// The length of a vector.
  let stride: Int
  /// The instructions that updates use.
  let instructionSet: InstructionSet

  /// The vectors in a buffer that they fill.
  init(_ buffer: AlignedBuffer<S>, count: Int, instructionSet: InstructionSet) {
    baseAddress = count > 0 ? buffer.baseAddress : nil
    self.count = count
    self.instructionSet = instructionSet
    stride = count > 0 ? buffer.count / count : 0
  }

  /// The part of vector number `index` that belongs to parameters from `offset` on; nil where there is no such vector.
  subscript(index: Int, at offset: Int) -> UnsafeMutablePointer<S>? {
    guard index < count, let baseAddress else { return nil }
    return baseAddress + index * stride + offset
  }

  /// Updates `count` parameters and their state, from `offset` on, by a rule that the kernels know.
  func update(
    by rule: ElementwiseRule, at offset: Int, count: Int, parameters: UnsafeMutablePointer<S>,
    gradient: UnsafePointer<S>
  ) {
    S.kernelUpdate(
      instructionSet, rule.kernelUpdate, count, parameters + offset, gradient + offset, self[0, at: offset],
      self[1, at: offset],
      self[2, at: offset])
  }
}
