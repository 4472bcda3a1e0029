import BatchFoundation

/// A dense layer's weight [inputs, outputs] in memory that somebody else owns, or its gradient in the same layout.
public struct WeightView<S: Scalar>: @unchecked Sendable {
  /// The first element.
  public let baseAddress: UnsafeMutablePointer<S>
  /// The number of inputs.
  public let inputs: Int
  /// The number of outputs.
  public let outputs: Int
  /// How the elements lie.
  public let layout: WeightLayout
  /// The kernels that the layout was made for.
  public let instructionSet: InstructionSet

  /// A view of `layout.storedCount(inputs:outputs:)` elements; those that pad are zero.
  public init(
    @_nonEphemeral _ baseAddress: UnsafeMutablePointer<S>, inputs: Int, outputs: Int, layout: WeightLayout,
    instructionSet: InstructionSet
  ) {
    self.baseAddress = baseAddress
    self.inputs = inputs
    self.outputs = outputs
    self.layout = layout
    self.instructionSet = instructionSet
  }

  /// The weight from an input to an output.
  public subscript(input: Int, output: Int) -> S {
    get { baseAddress[layout.offset(input: input, output: output, inputs: inputs, outputs: outputs)] }
    nonmutating set {
      baseAddress[layout.offset(input: input, output: output, inputs: inputs, outputs: outputs)] = newValue
    }
  }

  /// The matrix that a plain layout is.
  var matrix: MutableMatrixView<S> {
    require(layout == .plain, "weights in \(layout) are no plain matrix")
    return MutableMatrixView(baseAddress, rows: inputs, columns: outputs)
  }
}
