public import BatchAlgebra

/// A layer that also says how what it computes changes along a direction of the parameters.
///
/// That is what exact products with the Hessian and the Gauss–Newton matrix of a loss are made of (Pearlmutter 1994,
/// *Fast exact multiplication by the Hessian*; Schraudolph 2002). Write Rx for the derivative of a quantity x along the
/// direction, its tangent: ``tangentForward(_:)`` turns Rx of the input into Ry of the output, and
/// ``tangentBackward(_:)`` turns the gradient dy and its tangent Rdy into dx and Rdx, and into the tangent of the
/// gradient of the parameters.
///
/// The passes are those of an evaluation: ``LayerPass/isTraining`` is false, and the layer's own `backward` must be
/// right there, too. A layer that is none is refused by name where such products are asked for.
public protocol TangentLayer: Layer {
  /// Computes `pass.outputTangent`, behind a `forward` of the same examples.
  func tangentForward<S: Scalar>(_ pass: TangentPass<S>)

  /// Computes the tangent of the parameters' gradient and, where their places are given, the gradient of the input and
  /// its tangent.
  ///
  /// The gradient of the output, its tangent and the output's tangent may be overwritten.
  func tangentBackward<S: Scalar>(_ pass: TangentPass<S>)
}

/// The memory of one layer's tangents for one batch, beside that of its values.
///
/// Rows lie as in a ``LayerPass``: what pads them is zero before and behind a layer.
public struct TangentPass<S: Scalar> {
  /// Input, output and parameters; in a backward pass also the gradient of the output and the place for that of the
  /// input, but none for the gradient of the parameters.
  public let values: LayerPass<S>
  /// [batch, stored features of the input]; nil where the input does not change, as in the first layer.
  public let inputTangent: MatrixView<S>?
  /// [batch, stored features of the output]; written by the forward pass.
  public let outputTangent: MutableMatrixView<S>
  /// [batch, stored features of the output]; the tangent of the gradient of the output; nil in a forward pass.
  public let outputGradientTangent: MutableMatrixView<S>?
  /// [batch, stored features of the input]; written by the backward pass; nil where nobody needs it.
  public let inputGradientTangent: MutableMatrixView<S>?
  /// The tangents of what the layer keeps of each example: as many bytes, in the same order.
  public let savedTangents: UnsafeMutableRawPointer
  let direction: UnsafeMutablePointer<S>
  let product: UnsafeMutablePointer<S>?
  let scratch: TangentScratch<S>

  /// The number of examples.
  public var batch: Int { values.batch }

  /// The threads to run on.
  public var team: ThreadTeam { values.team }

  /// The first element of the direction of the layer's parameter number `index`.
  public func parameterDirection(_ index: Int) -> UnsafeMutablePointer<S> { direction + values.slot(index).offset }

  /// The direction of the layer's dense weight number `index`.
  public func weightDirection(_ index: Int) -> WeightView<S> { weightView(index, at: parameterDirection(index)) }

  /// The first element of the tangent of the gradient of the layer's parameter number `index`; only in a backward pass.
  public func parameterProduct(_ index: Int) -> UnsafeMutablePointer<S> {
    guard let product else { preconditionFailure("a forward pass has no gradients") }
    return product + values.slot(index).offset
  }

  /// The tangent of the gradient of the layer's dense weight number `index`; only in a backward pass.
  public func weightProduct(_ index: Int) -> WeightView<S> { weightView(index, at: parameterProduct(index)) }

  /// The tangents of what is kept of each example, as ``LayerPass/saved(columns:)`` gives the kept.
  public func savedTangent(columns: Int) -> MutableMatrixView<S> {
    MutableMatrixView(
      savedTangents.assumingMemoryBound(to: S.self), rows: batch, columns: columns,
      rowStride: values.plan.savedBytesPerExample / MemoryLayout<S>.stride)
  }

  /// A matrix [batch, columns] for a moment, as wide as the widest value at most: one summand of a tangent.
  public func partialRows(columns: Int) -> MutableMatrixView<S> {
    MutableMatrixView(scratch.rows, rows: batch, columns: columns, rowStride: paddedRowStride(columns))
  }

  /// The dense weight number `index` in a vector for a moment: one summand of the tangent of its gradient.
  public func partialWeight(_ index: Int) -> WeightView<S> {
    weightView(index, at: scratch.parameters + values.slot(index).offset)
  }

  /// Zeros, as many as the widest value has features and what pads them.
  public var zeros: UnsafePointer<S> { UnsafePointer(scratch.zeros) }

  /// Adds a matrix to one of the same shape.
  public func add(_ part: MatrixView<S>, to sum: MutableMatrixView<S>) {
    addRows(part, to: sum, values.context)
  }

  private func weightView(_ index: Int, at address: UnsafeMutablePointer<S>) -> WeightView<S> {
    let slot = values.slot(index)
    return WeightView(
      address, inputs: slot.shape[0], outputs: slot.shape[1], layout: slot.layout,
      instructionSet: values.context.instructionSet)
  }
}

/// What tangents are summed up in.
struct TangentScratch<S: Scalar> {
  /// A matrix as wide as the widest value.
  let rows: UnsafeMutablePointer<S>
  /// A vector laid out like the parameters, zero where they are padded.
  let parameters: UnsafeMutablePointer<S>
  /// A row of zeros as wide as the widest value, what pads it included.
  let zeros: UnsafeMutablePointer<S>
}

/// Copies a matrix into one of the same shape.
func copyRows<S: Scalar>(of source: MatrixView<S>, to target: MutableMatrixView<S>) {
  for i in 0..<target.rows { target.row(i).update(from: source.row(i), count: target.columns) }
}

/// Adds a matrix to one of the same shape.
func addRows<S: Scalar>(_ source: MatrixView<S>, to target: MutableMatrixView<S>, _ context: ComputeContext) {
  S.kernelAdd(
    context.instructionSet, source.rows, source.columns, source.baseAddress, source.rowStride, target.baseAddress,
    target.rowStride)
}
