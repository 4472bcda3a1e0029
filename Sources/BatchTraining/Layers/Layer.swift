public import BatchAlgebra

/// One differentiable stage of a network: what it needs, and the two passes.
///
/// A layer is a configuration without state: its parameters and everything it keeps between the passes lie in memory
/// that others own and hand over in a ``LayerPass``. What it needs of that memory it says once, in ``plan(for:_:)``.
/// Batches are matrices with one example a row.
///
/// The passes are generic: mark them `@specialized(where S == Float)` and `@specialized(where S == Double)` where they
/// compute in Swift, or they run without either type's instructions.
public protocol Layer: ModelComponent {
  /// What the layer makes of inputs of a shape, and what it needs for that.
  ///
  /// - Throws: ``ModelError`` when the layer cannot take such an input.
  func plan(for input: ActivationShape, _ context: ComputeContext) throws(ModelError) -> LayerPlan

  /// Computes `pass.output` from `pass.input`.
  func forward<S: Scalar>(_ pass: LayerPass<S>)

  /// Computes the gradients of the parameters and, where `pass.inputGradient` is given, that of the input.
  ///
  /// `pass.outputGradient` holds the gradient of the output on entry and may be overwritten. Where its time goes is
  /// known if it ends its parts with `pass.phases?.end(.backwardData)` and `pass.phases?.end(.backwardWeights)`, on the
  /// thread that calls it; what it does not mark is counted as ``StepPhase/other``.
  func backward<S: Scalar>(_ pass: LayerPass<S>)
}

extension Layer {
  /// A layer is one node of the graph.
  public func add(
    to graph: inout ModelGraph, input: ModelGraph.ValueIndex, name: String
  ) throws(ModelError) -> ModelGraph.ValueIndex {
    try graph.add(self, input: input, name: name)
  }
}

/// What a layer makes of inputs of one shape, and what it needs for that.
///
/// Byte counts are of the context's precision and without what rounds them up.
public struct LayerPlan: Sendable {
  /// The shape of one example's output.
  public var output: ActivationShape
  /// The trained parameters, in the order in which they lie in memory.
  public var parameters: [Parameter]
  /// What a layer keeps from batch to batch without training it, such as running means: saved and exported, and never
  /// seen by optimizers, clipping or distances.
  public var buffers: [RunningBuffer] = []
  /// The bytes that are kept of each example from forward to backward, beyond the layer's input and output.
  public var savedBytesPerExample = 0
  /// The bytes that are kept of a batch from forward to backward.
  public var savedBytesPerBatch = 0
  /// The bytes of each thread's memory for a moment, in a forward and in a backward pass.
  public var scratchBytes = PassCounts()
  /// The floating-point operations for one example; a multiply-add counts as two.
  public var operations: PassCounts
  /// What the backward pass reads of the layer's input and output; a buffer that nobody reads again is used for others.
  public var backwardReads: BackwardReads = [.input, .output]
  /// How the squared norms of the examples' own gradients are had.
  public var exampleNorms: ExampleNorms
  /// Whether what the layer does to an example depends on the others of its batch, as in batch normalisation; see
  /// ``CoupledLayer``.
  public var couplesExamples = false
  /// Whether ``Layer/backward(_:)`` updates the layer's parameters itself where ``LayerPass/update`` is given.
  ///
  /// What ``LayerUpdate/apply(to:at:count:parameters:gradient:)`` takes is written to the gradient vector and stays
  /// there.
  public var fusesUpdate = false
  /// Whether such an update uses the gradient of the layer's dense weight without writing it, and tells the sum of its
  /// squares instead.
  var tellsWeightSquares = false

  /// A plan; without parameters, operations and anything kept unless told otherwise.
  ///
  /// The examples' gradient norms come from gradients of single examples unless the layer counts them itself.
  public init(
    output: ActivationShape, parameters: [Parameter] = [], operations: PassCounts = PassCounts(),
    exampleNorms: ExampleNorms = .fromGradient
  ) {
    self.output = output
    self.parameters = parameters
    self.operations = operations
    self.exampleNorms = exampleNorms
  }

  /// Numbers of the passes of one layer.
  public struct PassCounts: Sendable, Hashable {
    /// In the forward pass.
    public var forward: Int
    /// For the gradient of the input.
    public var backwardData: Int
    /// For the gradients of the parameters.
    public var backwardWeights: Int

    /// The numbers, 0 unless told otherwise.
    public init(forward: Int = 0, backwardData: Int = 0, backwardWeights: Int = 0) {
      self.forward = forward
      self.backwardData = backwardData
      self.backwardWeights = backwardWeights
    }

    /// The largest of them.
    public var largest: Int { max(forward, backwardData, backwardWeights) }
  }

  /// What a backward pass reads of its layer's activations.
  public struct BackwardReads: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The input.
    public static let input = BackwardReads(rawValue: 1)
    /// The output.
    public static let output = BackwardReads(rawValue: 2)
  }

  /// How the squared norms |gᵢ|² of the examples' own gradients are had.
  public enum ExampleNorms: Sendable, Hashable {
    /// The backward pass adds those of the layer's parameters, and what else is asked, to ``LayerPass/examples``.
    case direct
    /// From gradients of single examples: one backward pass an example. Nothing to do without parameters.
    case fromGradient
    /// There are none, for this reason: an example has no gradient of its own.
    case undefined(reason: String)
  }
}

/// Numbers that a layer keeps from batch to batch and that nobody trains, such as a running mean.
public struct RunningBuffer: Sendable, Hashable {
  /// The name within the layer: `running_mean`.
  public var name: String
  /// The number of elements.
  public var count: Int
  /// What each element is before training.
  public var initialValue: Double

  /// A buffer, of zeros unless told otherwise.
  public init(name: String, count: Int, initialValue: Double = 0) {
    self.name = name
    self.count = count
    self.initialValue = initialValue
  }
}
