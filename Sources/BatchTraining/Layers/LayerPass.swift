public import BatchAlgebra

/// The memory of one layer for one batch.
///
/// Rows of the four matrices are `paddedRowStride(_:)` apart. What lies between a row's end and the next row is zero
/// when a layer gets it and must be zero when the layer is done: kernels compute with it.
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
  /// The optimizer's update, to be done by the layer itself in its backward pass; nil where the gradient is asked for.
  public let update: LayerUpdate<S>?
  /// Where products keep what they need for a moment; only in a backward pass.
  public let scratch: ProductScratch<S>?
  /// Where in a training run the pass stands; nil outside training.
  public let place: PassPlace?
  /// What the parameters are laid out for, and how products are computed.
  public let context: ComputeContext
  /// Where a backward pass marks the ends of its parts; nil in a forward pass and where nobody asks for times.
  public let phases: StepPhaseTimes?
  /// The threads to run on.
  public let team: ThreadTeam

  /// The memory of a pass: for a forward pass alone without gradients.
  public init(
    input: MatrixView<S>, output: MutableMatrixView<S>, saved: MutableMatrixView<S>,
    outputGradient: MutableMatrixView<S>? = nil, inputGradient: MutableMatrixView<S>? = nil,
    slots: ArraySlice<ParameterSlot>, parameters: UnsafeMutablePointer<S>, gradient: UnsafeMutablePointer<S>? = nil,
    update: LayerUpdate<S>? = nil, scratch: ProductScratch<S>? = nil, place: PassPlace? = nil,
    context: ComputeContext, phases: StepPhaseTimes? = nil,
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
    self.update = update
    self.scratch = scratch
    self.place = place
    self.context = context
    self.phases = phases
    self.team = team
  }

  /// Whether the pass is part of training, and not of an evaluation.
  public var isTraining: Bool { place != nil }

  /// The number of examples.
  public var batch: Int { input.rows }

  /// The slot of the layer's parameter number `index`.
  public func slot(_ index: Int) -> ParameterSlot { slots[slots.startIndex + index] }

  /// The first element of the layer's parameter number `index`.
  public func parameter(_ index: Int) -> UnsafeMutablePointer<S> { parameters + slotOffset(index) }

  /// The first element of the gradient of the layer's parameter number `index`; only in a backward pass.
  public func parameterGradient(_ index: Int) -> UnsafeMutablePointer<S> {
    guard let gradient else { preconditionFailure("a forward pass has no gradients") }
    return gradient + slotOffset(index)
  }

  /// The layer's dense weight number `index`.
  public func weight(_ index: Int) -> WeightView<S> { weightView(index, at: parameter(index)) }

  /// The gradient of the layer's dense weight number `index`; only in a backward pass.
  public func weightGradient(_ index: Int) -> WeightView<S> { weightView(index, at: parameterGradient(index)) }

  private func weightView(_ index: Int, at address: UnsafeMutablePointer<S>) -> WeightView<S> {
    WeightView(
      address, inputs: input.columns, outputs: output.columns, layout: slots[slots.startIndex + index].layout,
      instructionSet: context.instructionSet)
  }

  private func slotOffset(_ index: Int) -> Int { slots[slots.startIndex + index].offset }
}
