public import BatchAlgebra
public import CBatchKernels

/// An optimizer whose batch goes through the network in several micro-batches, the gradient summed up on the way.
///
/// What an update averages and what goes through the network at once are then two settings: a ``TrainingStep`` of
/// capacity B with k micro-batches holds the activations of ⌈B/k⌉ examples, unless it is told how many. Every example
/// weighs the same, whatever micro-batch it is in, so that the update is that of one large batch. All else is left to
/// the optimizer that is wrapped.
public struct Accumulating<Base: Optimizer>: Optimizer {
  /// The optimizer that makes the updates.
  public var base: Base
  /// The number of micro-batches of a full batch.
  public let microBatches: Int

  /// An optimizer with its batches cut in `microBatches`.
  ///
  /// - Throws: ``OptimizerError`` for less than 1, and for an optimizer that has its batches cut already.
  public init(_ optimizer: Base, microBatches: Int) throws(OptimizerError) {
    guard microBatches >= 1 else {
      throw OptimizerError("there must be at least 1 micro-batch, not \(microBatches)")
    }
    guard optimizer.microBatches == 1 else {
      throw OptimizerError("batches are cut once, and these are already: \(optimizer); wrap the optimizer within")
    }
    base = optimizer
    self.microBatches = microBatches
  }

  public var learningRate: Double {
    get { base.learningRate }
    set { base.learningRate = newValue }
  }

  public var stateNames: [String] { base.stateNames }

  public func initialState(_ index: Int) -> Double { base.initialState(index) }

  public var description: String {
    microBatches == 1 ? base.description : "\(base.description), in \(microBatches) micro-batches"
  }

  public func kernelRule(step: Int, for kind: ParameterKind) -> bk_update? { base.kernelRule(step: step, for: kind) }

  public var usesNorms: Bool { base.usesNorms }

  public func measure<S: Scalar>(
    _ kind: ParameterKind, count: Int, parameters: UnsafePointer<S>, gradient: UnsafePointer<S>,
    state: UnsafeMutablePointer<S>?, stateStride: Int, step: Int
  ) -> SquaredNorms {
    base.measure(
      kind, count: count, parameters: parameters, gradient: gradient, state: state, stateStride: stateStride, step: step
    )
  }

  public func kernelRule(step: Int, for kind: ParameterKind, norms: SquaredNorms) -> bk_update {
    base.kernelRule(step: step, for: kind, norms: norms)
  }

  public func update<S: Scalar>(
    parameters: UnsafeMutablePointer<S>, gradient: UnsafePointer<S>, state: UnsafeMutablePointer<S>?,
    stateStride: Int, range: Range<Int>, step: Int
  ) {
    base.update(
      parameters: parameters, gradient: gradient, state: state, stateStride: stateStride, range: range, step: step)
  }
}

extension Optimizer {
  /// This optimizer with its batches cut in micro-batches: ``Accumulating`` for an optimizer whose type is not known.
  ///
  /// - Throws: ``OptimizerError`` for less than 1, and for an optimizer that has its batches cut already.
  public func accumulating(microBatches: Int) throws(OptimizerError) -> any Optimizer {
    try Accumulating(self, microBatches: microBatches)
  }
}
