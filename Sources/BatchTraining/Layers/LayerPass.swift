public import BatchAlgebra

/// The memory of one layer for one batch.
public struct LayerPass<S: Scalar> {
  /// [batch, input features].
  public let input: MatrixView<S>
  /// [batch, output features]; written by forward, read by backward.
  public let output: MutableMatrixView<S>
  /// [batch, ``Layer/savedCount(for:)``]; written by forward, read by backward.
  public let saved: MutableMatrixView<S>
  /// [batch, output features]; the gradient of the loss with respect to the output; nil in a forward pass.
  public let outputGradient: MutableMatrixView<S>?
  /// [batch, input features]; nil where nobody needs it, as below the first layer.
  public let inputGradient: MutableMatrixView<S>?
  /// One slot for each of the layer's parameters.
  public let slots: ArraySlice<ParameterSlot>
  /// The network's whole parameter vector.
  public let parameters: UnsafeMutablePointer<S>
  /// The network's whole gradient vector; nil in a forward pass.
  public let gradient: UnsafeMutablePointer<S>?
  /// The threads to run on.
  public let team: ThreadTeam

  /// The memory of a pass: for a forward pass alone without gradients.
  public init(
    input: MatrixView<S>, output: MutableMatrixView<S>, saved: MutableMatrixView<S>,
    outputGradient: MutableMatrixView<S>? = nil, inputGradient: MutableMatrixView<S>? = nil,
    slots: ArraySlice<ParameterSlot>, parameters: UnsafeMutablePointer<S>, gradient: UnsafeMutablePointer<S>? = nil,
    team: ThreadTeam
  ) {
    self.input = input
    self.output = output
    self.saved = saved
    self.outputGradient = outputGradient
    self.inputGradient = inputGradient
    self.slots = slots
    self.parameters = parameters
    self.gradient = gradient
    self.team = team
  }

  /// The number of examples.
  public var batch: Int { input.rows }

  /// The first element of the layer's parameter number `index`.
  public func parameter(_ index: Int) -> UnsafeMutablePointer<S> {
    parameters + slots[slots.startIndex + index].offset
  }

  /// The first element of the gradient of the layer's parameter number `index`; only in a backward pass.
  public func parameterGradient(_ index: Int) -> UnsafeMutablePointer<S> {
    guard let gradient else { preconditionFailure("a forward pass has no gradients") }
    return gradient + slots[slots.startIndex + index].offset
  }
}
