public import BatchAlgebra

/// A fully connected layer: y = f(x·W + b), with W [in, out] and b [out].
///
/// An input of any shape is taken as a flat vector.
public struct Dense: Layer {
  /// The number of outputs.
  public let units: Int
  /// The function applied to each output.
  public let activation: Activation
  /// How the weight is drawn; the bias starts at zero.
  public let initialisation: Initialisation

  /// A layer with `units` outputs; without an initialisation the activation's usual one is taken: He for ReLU and GELU,
  /// Glorot otherwise.
  public init(_ units: Int, _ activation: Activation = .identity, initialisation: Initialisation? = nil) {
    self.units = units
    self.activation = activation
    self.initialisation = initialisation ?? activation.defaultInitialisation
  }

  public var description: String { "dense \(units)" + (activation == .identity ? "" : " \(activation.rawValue)") }

  public func outputShape(for inputShape: [Int]) throws(ModelError) -> [Int] {
    guard units > 0 else { throw .invalidLayer("a dense layer needs at least 1 unit, not \(units)") }
    return [units]
  }

  public func parameters(for inputShape: [Int]) -> [ParameterDescription] {
    let inputs = inputShape.reduce(1, *)
    return [
      ParameterDescription(
        name: "weight", shape: [inputs, units], initialisation: initialisation, fanIn: inputs, fanOut: units),
      ParameterDescription(name: "bias", shape: [units], initialisation: .zeros, fanIn: inputs, fanOut: units),
    ]
  }

  public func savedCount(for inputShape: [Int]) -> Int { activation.keepsPreactivation ? units : 0 }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: Scalar>(_ pass: LayerPass<S>) {
    let weight = MatrixView(UnsafePointer(pass.parameter(0)), rows: pass.input.columns, columns: units)
    let task = DenseForward(
      product: Product(pass.input, times: weight, into: pass.output), output: pass.output, bias: pass.parameter(1),
      saved: activation.keepsPreactivation ? pass.saved : nil, activation: activation)
    if task.product.isWorthSharing { pass.team.run(task) } else { task.run(thread: 0, of: 1) }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: Scalar>(_ pass: LayerPass<S>) {
    guard let dy = pass.outputGradient else { preconditionFailure("backward needs the gradient of the output") }
    let weight = MatrixView(UnsafePointer(pass.parameter(0)), rows: pass.input.columns, columns: units)

    // dz [batch, out] = dy ⊙ f′, in place; db [out] = Σ over the batch of dz.
    let bias = DenseBiasGradient(
      gradient: dy, saved: activation.keepsPreactivation ? pass.saved.readOnly : pass.output.readOnly,
      biasGradient: pass.parameterGradient(1), activation: activation)
    if bias.isWorthSharing { pass.team.run(bias) } else { bias.run(thread: 0, of: 1) }

    // dW [in, out] = xᵀ·dz and dx [batch, in] = dz·Wᵀ need dz alone: one fork for both.
    let products = DenseGradients(
      weight: Product(
        pass.input, .transposed, times: dy.readOnly,
        into: MutableMatrixView(pass.parameterGradient(0), rows: pass.input.columns, columns: units)),
      input: pass.inputGradient.map { Product(dy.readOnly, times: weight, .transposed, into: $0) })
    if products.weight.isWorthSharing { pass.team.run(products) } else { products.run(thread: 0, of: 1) }
  }
}

/// Each thread multiplies its block of y and applies bias and activation while the block is in its cache.
private struct DenseForward<S: Scalar>: TeamTask {
  let product: Product<S>
  let output: MutableMatrixView<S>
  let bias: UnsafePointer<S>
  let saved: MutableMatrixView<S>?
  let activation: Activation

  func run(thread: Int, of threads: Int) {
    product.run(thread: thread, of: threads)
    let (rows, columns) = product.block(thread: thread, of: threads)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let block = output.block(rows: rows, columns: columns)
    let savedBlock = saved?.block(rows: rows, columns: columns)
    S.kernelBiasActivation(
      activation.kernel, block.rows, block.columns, block.baseAddress, block.rowStride, bias + columns.lowerBound,
      savedBlock?.baseAddress, savedBlock?.rowStride ?? 0)
  }
}

/// Each thread turns its columns of dy into dz and sums them.
private struct DenseBiasGradient<S: Scalar>: TeamTask {
  let gradient: MutableMatrixView<S>
  let saved: MatrixView<S>
  let biasGradient: UnsafeMutablePointer<S>
  let activation: Activation

  /// About 5 µs of work.
  var isWorthSharing: Bool { gradient.rows * gradient.columns >= 16_384 }

  func run(thread: Int, of threads: Int) {
    let columns = workShare(of: gradient.columns, thread: thread, threads: threads, grain: 16)
    guard !columns.isEmpty else { return }
    let dz = gradient.block(rows: 0..<gradient.rows, columns: columns)
    let savedBlock = saved.block(rows: 0..<gradient.rows, columns: columns)
    S.kernelActivationBackward(
      activation.kernel, dz.rows, dz.columns, dz.baseAddress, dz.rowStride, savedBlock.baseAddress,
      savedBlock.rowStride)
    S.kernelColumnSums(dz.rows, dz.columns, dz.baseAddress, dz.rowStride, biasGradient + columns.lowerBound)
  }
}

/// Each thread computes its block of the weight's gradient, then its block of the input's.
private struct DenseGradients<S: Scalar>: TeamTask {
  let weight: Product<S>
  let input: Product<S>?

  func run(thread: Int, of threads: Int) {
    weight.run(thread: thread, of: threads)
    input?.run(thread: thread, of: threads)
  }
}
