public import BatchAlgebra

/// One differentiable stage of a network: shapes, parameters, and the two passes.
///
/// A layer is a configuration without state: its parameters and everything it keeps between the passes lie in memory
/// that the network owns and hands over in a ``LayerPass``. Batches are matrices with one example a row.
public protocol Layer: Sendable, CustomStringConvertible {
  /// The shape of one example's output, from the shape of its input.
  ///
  /// - Throws: ``ModelError`` when the layer cannot take such an input.
  func outputShape(for inputShape: [Int]) throws(ModelError) -> [Int]

  /// The parameters, in the order in which they lie in memory.
  func parameters(for inputShape: [Int]) -> [ParameterDescription]

  /// The number of scalars an example needs kept from forward to backward, beyond the layer's input and output.
  func savedCount(for inputShape: [Int]) -> Int

  /// Whether ``backward(_:)`` updates the layer's parameters itself where ``LayerPass/update`` is given.
  var fusesUpdate: Bool { get }

  /// Whether what the layer does to an example depends on the others of its batch, as in batch normalisation; see
  /// ``CoupledLayer``.
  var couplesExamples: Bool { get }

  /// Computes `pass.output` from `pass.input`.
  func forward<S: Scalar>(_ pass: LayerPass<S>)

  /// Computes the parameter gradients and, where `pass.inputGradient` is given, the gradient of the input.
  ///
  /// `pass.outputGradient` holds the gradient of the output on entry and may be overwritten. Where its time goes is
  /// known if it ends its parts with `pass.phases?.end(.backwardData)` and `pass.phases?.end(.backwardWeights)`, on the
  /// thread that calls it; what it does not mark is counted as ``StepPhase/other``.
  func backward<S: Scalar>(_ pass: LayerPass<S>)
}

extension Layer {
  /// False: the training step updates the parameters from their gradient.
  public var fusesUpdate: Bool { false }

  /// False: each example goes its own way.
  public var couplesExamples: Bool { false }
}
