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

  /// The weight as a matrix of BLAS: [inputs, outputs] where it is plain, [outputs, inputs] where it is transposed.
  var matrix: MutableMatrixView<S> {
    switch layout {
    case .plain: return MutableMatrixView(baseAddress, rows: inputs, columns: outputs)
    case .transposed(let rowStride):
      return MutableMatrixView(baseAddress, rows: outputs, columns: inputs, rowStride: rowStride)
    case .panels: fatalError("weights in \(layout) are no matrix")
    }
  }

  /// The panel [inputs, width] that begins with a column; what pads the last one is part of it.
  func panel(at column: Int, width: Int) -> MutableMatrixView<S> {
    MutableMatrixView(baseAddress + column * inputs, rows: inputs, columns: width)
  }
}

/// The first columns of the panels that a range of columns begins in.
func panelStarts(_ columns: Range<Int>, width: Int) -> StrideTo<Int> {
  stride(from: columns.lowerBound, to: columns.upperBound, by: width)
}

extension MatrixView {
  /// Some rows, and `width` columns from one on, which may be among those that pad the rows.
  func panel(rows range: Range<Int>, at column: Int, width: Int) -> MatrixView {
    MatrixView(
      baseAddress + range.lowerBound * rowStride + column, rows: range.count, columns: width, rowStride: rowStride)
  }
}

extension MutableMatrixView {
  /// Some rows, and `width` columns from one on, which may be among those that pad the rows.
  func panel(rows range: Range<Int>, at column: Int, width: Int) -> MutableMatrixView {
    MutableMatrixView(
      baseAddress + range.lowerBound * rowStride + column, rows: range.count, columns: width, rowStride: rowStride)
  }
}
