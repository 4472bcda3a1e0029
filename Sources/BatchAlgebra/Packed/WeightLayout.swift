/// How a dense layer's weight [inputs, outputs] lies in memory.
public enum WeightLayout: Sendable, Hashable {
  /// Row-major, as BLAS takes it.
  case plain
  /// [⌈outputs / width⌉][inputs][width], the last panel padded with zeros: a thread reads its panels front to back in
  /// every pass and shares no cache line with another.
  case panels(width: Int)
  /// [outputs][rowStride], rows padded with zeros: for layers so narrow that most of a panel would be padding.
  case transposed(rowStride: Int)

  /// The layout in which a context's engine computes fastest.
  public static func best<S: Scalar>(
    inputs: Int, outputs: Int, of scalar: S.Type, in context: ComputeContext
  ) -> WeightLayout {
    guard context.engine != .openBLAS else { return .plain }
    let width = S.panelWidth(context.instructionSet)
    let panels = (outputs + width - 1) / width
    // Padding up to a quarter costs less than the sums across vectors that the transposed layout ends with.
    if panels * width * 4 <= outputs * 5 { return .panels(width: width) }
    return outputs < width ? .transposed(rowStride: paddedRowStride(inputs)) : .panels(width: width)
  }

  /// The number of elements in memory.
  public func storedCount(inputs: Int, outputs: Int) -> Int {
    switch self {
    case .plain: inputs * outputs
    case .panels(let width): (outputs + width - 1) / width * width * inputs
    case .transposed(let rowStride): outputs * rowStride
    }
  }

  /// The place in memory of the weight from an input to an output.
  public func offset(input: Int, output: Int, inputs: Int, outputs: Int) -> Int {
    switch self {
    case .plain: input * outputs + output
    case .panels(let width): (output / width * inputs + input) * width + output % width
    case .transposed(let rowStride): output * rowStride + input
    }
  }
}

/// The distance between rows of `columns` scalars such that a kernel may read and write whole panels, and that rows do
/// not fall on the same few sets of a cache: a multiple of 64 scalars for the widest panel, plus an odd 16.
public func paddedRowStride(_ columns: Int) -> Int { (columns + 63) / 64 * 64 + 16 }
